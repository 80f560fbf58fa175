"""The tasks with sqlite-utils. Reads the database's path and the tasks' input as JSON, writes one result per line."""
# #region imports
import json
import sys

import sqlite_utils
# #endregion


def tasks(path, given):
    # #region connect
    db = sqlite_utils.Database(path)
    # #endregion

    def by_key():
        # #region byKey
        artist = db["artist"].get(7)
        # #endregion
        return artist

    def filtered():
        # #region filtered
        tracks = db["track"].rows_where(
            "genre_id = ? and milliseconds > ?",
            [1, 300_000],
            select="name, milliseconds",
            order_by="milliseconds desc",
            limit=3,
        )
        # #endregion
        return list(tracks)

    def second_page():
        # #region secondPage
        options = dict(select="track_id, milliseconds", order_by="milliseconds desc, track_id desc", limit=3)
        last = list(db["track"].rows_where(**options))[-1]
        after = [last["milliseconds"], last["track_id"]]
        second = db["track"].rows_where("(milliseconds, track_id) < (?, ?)", after, **options)
        # #endregion
        return list(second)

    def nested():
        # #region nested
        artist = next(db["artist"].rows_where("artist_id = ?", [1], select="artist_id, name"))
        artist["album"] = list(
            db["album"].rows_where("artist_id = ?", [1], select="album_id, title", order_by="album_id", limit=2)
        )
        for album in artist["album"]:
            album["track"] = list(
                db["track"].rows_where(
                    "album_id = ?", [album["album_id"]], select="name", order_by="track_id", limit=2
                )
            )
            del album["album_id"]
        del artist["artist_id"]
        # #endregion
        return artist

    def add_album(given):
        # #region addAlbum
        invalid = []
        if not isinstance(given.get("title"), str) or len(given["title"]) > 160:
            invalid.append("title")
        if not isinstance(given.get("artist_id"), int):
            invalid.append("artist_id")
        if invalid:
            return invalid
        table = db["album"].insert(given, pk="album_id")
        return table.get(table.last_pk)
        # #endregion

    def upsert():
        # #region upsert
        db["genre"].upsert({"genre_id": 1, "name": "Ambient music"}, pk="genre_id")
        genre = db["genre"].get(1)
        # #endregion
        return genre

    def insert_tracks(tracks):
        # #region insertTracks
        db["track"].insert_all(tracks)
        # #endregion

    def set_tier():
        # #region setTier
        # One writer at a time: nothing to repeat; a lock waits as long as `timeout` of sqlite3.connect.
        with db.conn:
            [(total,)] = db.execute("select sum(total) from invoice where customer_id = ?", [7])
            tier = "pro" if total > 20 else "plus"
            db["customer"].update(7, {"tier": tier})
        # #endregion
        return {"tier": tier}

    def per_genre():
        # #region perGenre
        genres = db.query(
            "select genre_id, count(*) as tracks, max(milliseconds) as longest from track"
            " group by genre_id having count(*) > 250 order by genre_id"
        )
        # #endregion
        return list(genres)

    def best_genres(country):
        # #region bestGenres
        genres = db.query(
            """select genre.name as genre, round(sum(line.unit_price * quantity), 2) as revenue
            from invoice_line line join invoice using (invoice_id) join track using (track_id) join genre using (genre_id)
            where billing_country = :country group by genre.name order by revenue desc, genre limit 3""",
            {"country": country},
        )
        # #endregion
        return list(genres)

    yield by_key()
    yield filtered()
    yield second_page()
    yield nested()
    for album in given["albums"]:
        yield add_album(album)
    yield upsert()
    yield insert_tracks(given["tracks"])
    yield set_tier()
    yield per_genre()
    yield best_genres(given["country"])


if __name__ == "__main__":
    for result in tasks(sys.argv[1], json.load(sys.stdin)):
        print(json.dumps(result))
