/** The tables of the calls in every-call.ts. */
export const CALL_TABLES = `
  create table doc (id int primary key, tenant int not null default 1, title text, version int not null default 1);
  create table line (id int primary key, doc_id int references doc); create table tag (id int primary key);
  create table doc_tag (doc_id int references doc, tag_id int references tag, primary key (doc_id, tag_id));
  create table job (id int primary key, status text not null default 'pending');
  create type mood as enum ('sad', 'happy');
  create view titles as select id, title from doc; create index doc_title on doc (title);
  create materialized view counted as select count(*) as n from doc;
  create table reading (at date) partition by range (at);
  create table reading_old partition of reading for values from ('2000-01-01') to ('2001-01-01');
  create table reading_new (at date);
  insert into doc values (1), (2); insert into tag values (1), (2);`;
