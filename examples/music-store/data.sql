-- A few thousand rows computed by arithmetic, so that they are the same on every run. The constants only vary the values.
insert into genre
select n, name from unnest(array[
  'Ambient', 'Blues', 'Classical', 'Country', 'Electronic', 'Folk', 'Funk', 'Jazz', 'Latin', 'Metal', 'Reggae', 'Rock'
]) with ordinality as names (name, n);

insert into media_type values (1, 'FLAC'), (2, 'MP3'), (3, 'Vinyl'), (4, 'CD'), (5, 'Cassette');

insert into artist (artist_id, name, country)
select n + 1,
  (array['Silver', 'Northern', 'Paper', 'Golden', 'Silent', 'Electric', 'Crimson', 'Lazy', 'Hidden', 'Broken', 'Velvet', 'Early'])[1 + n % 12]
  || ' ' || (array['Lanterns', 'Rivers', 'Foxes', 'Harbour', 'Mountains', 'Satellites', 'Gardens', 'Trains', 'Mirrors', 'Sparrows'])[1 + n / 12],
  case when n % 7 = 0 then null else (array['SE', 'GB', 'US', 'JP', 'BR', 'FR', 'NG', 'IS'])[1 + n * 5 % 8] end
from generate_series(0, 119) n;

insert into album (album_id, title, artist_id, released_on)
select n,
  (array['Songs for', 'Letters to', 'Nights without', 'Maps of', 'A Summer with', 'Echoes of', 'Leaving'])[1 + n % 7]
  || ' ' || (array['the Sea', 'Nobody', 'Winter', 'a Stranger', 'the City', 'My Brother', 'Tomorrow', 'an Island', 'the Radio', 'Home', 'Silence'])[1 + n % 11],
  1 + n * 17 % 120,
  case when n % 25 = 0 then null else date '1970-01-01' + n * 61 end
from generate_series(1, 300) n;

insert into track (track_id, name, album_id, media_type_id, genre_id, composer, milliseconds, bytes, unit_price, tags)
select n,
  (array['Slow', 'Bright', 'Last', 'Second', 'Blue', 'Distant', 'Small', 'Burning', 'Quiet', 'Wild', 'Lost', 'First', 'Open'])[1 + n % 13]
  || ' ' || (array['Morning', 'Dance', 'Window', 'Letter', 'Road', 'Signal', 'Fire', 'Waltz', 'Promise', 'Machine', 'Rain', 'Garden', 'Mirror', 'Station', 'Dream', 'Shadow', 'Heart'])[1 + n % 17],
  1 + (n - 1) / 10,
  1 + n * 3 % 5,
  case when n % 50 = 0 then null else 1 + ((n - 1) / 10) * 7 % 12 end,
  case when n % 3 = 0 then null else (array['A. Holm', 'M. Okafor', 'J. Tanaka', 'C. Duarte', 'L. Moreau'])[1 + n % 5] end,
  90000 + n * 7919 % 300000,
  case when n % 40 = 0 then 3000000000 + n else 4000000 + n * 104729 % 9000000 end,
  case when n % 11 = 0 then 1.99 when n % 101 = 0 then 0 else 0.99 end,
  (array['{}', '{live}', '{remix,club}', '{acoustic}', '{live,acoustic}', '{}', '{demo}']::text[])[1 + n % 7]::text[]
from generate_series(1, 3000) n;

insert into playlist (playlist_id, name)
select n, name from unnest(array[
  'Morning coffee', 'Long drive', 'Deep focus', 'Dinner', 'Running', 'Rainy days', 'Best of live', 'For the dog', 'Party', 'Sleep', 'Nothing yet'
]) with ordinality as names (name, n);

insert into playlist_track (playlist_id, position, track_id)
select p, n, 1 + (p * 271 + n * 23) % 3000
from generate_series(1, 10) p, generate_series(1, 120) n;

insert into employee values
  (1, 'Ingrid', 'Solberg', 'General Manager', null, '2009-03-02'),
  (2, 'Tomás', 'Rivera', 'Sales Manager', 1, '2011-08-15'),
  (3, 'Amara', 'Nwosu', 'Sales Support', 2, '2014-01-20'),
  (4, 'Kenji', 'Mori', 'Sales Support', 2, '2015-06-01'),
  (5, 'Élise', 'Garnier', 'Sales Support', 2, '2018-10-08'),
  (6, 'Pavel', 'Novák', 'IT Manager', 1, '2012-02-29'),
  (7, 'Ruth', 'Adeyemi', 'IT Staff', 6, '2019-05-13'),
  (8, 'Owen', 'Clarke', 'IT Staff', 6, '2021-11-22');

insert into customer (customer_id, first_name, last_name, email, country, tier, settings, support_rep_id, created_at, deleted_at)
select n, first, last,
  lower(translate(first || '.' || last, 'éÉáčö', 'eeaco')) || n || '@example.com',
  (array['Sweden', 'Germany', 'Brazil', 'Japan', 'USA', 'Nigeria', 'France', 'Canada', 'India'])[1 + n % 9],
  (array['free', 'plus', 'pro', 'free', 'free'])[1 + n % 5]::customer_tier,
  case when n % 4 = 0 then '{}' else jsonb_build_object('theme', (array['dark', 'light'])[1 + n % 2], 'volume', n % 11, 'genres', jsonb_build_array(1 + n % 12)) end,
  case when n % 10 = 0 then null else 3 + n % 3 end,
  timestamptz '2020-01-01 09:00:00+00' + n * interval '9 days 3 hours 7.5 seconds',
  case when n % 33 = 0 then timestamptz '2026-01-01 00:00:00+00' end
from (
  select n,
    (array['Anna', 'Björn', 'Carla', 'Daiki', 'Emma', 'Femi', 'Gita', 'Hugo', 'Inês', 'Jonas', 'Käthe', 'Liam', 'Mina'])[1 + n % 13] as first,
    (array['Berg', 'Schmidt', 'Costa', 'Sato', 'Miller', 'Eze', 'Petit', 'Roy', 'Rao', 'O''Neill', 'Lind'])[1 + n % 11] as last
  from generate_series(1, 200) n
) names;

insert into invoice (invoice_id, customer_id, invoiced_at, billing_country, total) overriding system value
select n, customer_id, timestamptz '2022-01-01 12:00:00+00' + n * interval '1 day 2 hours', country, 0
from generate_series(1, 800) n join customer on customer_id = 1 + n * 37 % 200;

insert into invoice_line (invoice_line_id, invoice_id, track_id, unit_price, quantity)
select n, 1 + (n - 1) / 3, track_id, unit_price, 1 + n % 4
from generate_series(1, 2400) n join track on track_id = 1 + n * 409 % 3000;

update invoice set total = (select sum(unit_price * quantity) from invoice_line where invoice_line.invoice_id = invoice.invoice_id);

select setval(pg_get_serial_sequence('artist', 'artist_id'), 120), setval(pg_get_serial_sequence('album', 'album_id'), 300),
  setval(pg_get_serial_sequence('track', 'track_id'), 3000), setval(pg_get_serial_sequence('playlist', 'playlist_id'), 11),
  setval(pg_get_serial_sequence('customer', 'customer_id'), 200), setval(pg_get_serial_sequence('invoice', 'invoice_id'), 800),
  setval(pg_get_serial_sequence('invoice_line', 'invoice_line_id'), 2400);

refresh materialized view genre_sales;
analyze;
