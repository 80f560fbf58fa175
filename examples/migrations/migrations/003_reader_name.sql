-- rowfn: no transaction
create index concurrently if not exists reader_name on reader (name);
