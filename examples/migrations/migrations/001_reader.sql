create type standing as enum ('guest', 'member');

create table reader (
  reader_id int generated always as identity primary key,
  name text not null,
  standing standing not null default 'guest'
);
