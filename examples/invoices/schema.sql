-- Invoices of several tenants. A tenant's requests carry its token; every table except `tenant` has its id.
create table tenant (
  id int generated always as identity primary key,
  name text not null,
  token text not null unique
);

create table customer (
  id int generated always as identity primary key,
  tenant_id int not null references tenant,
  name varchar(80) not null check (length(name) > 0),
  email text check (email like '%@%'),
  country char(2) not null default 'FI',
  unique (tenant_id, name)
);

create type invoice_status as enum ('draft', 'sent', 'paid');

create table invoice (
  id int generated always as identity primary key,
  tenant_id int not null references tenant,
  number bigint not null,
  customer_id int not null references customer,
  status invoice_status not null default 'draft',
  due_on date,
  total numeric(12, 2) not null default 0,
  version int not null default 1,
  unique (tenant_id, number)
);
create index on invoice (customer_id);
comment on column invoice.total is 'The sum of the lines';

create table invoice_line (
  id int generated always as identity primary key,
  tenant_id int not null references tenant,
  invoice_id int not null references invoice on delete cascade,
  text varchar(200) not null,
  quantity int not null check (quantity > 0),
  price numeric(10, 2) not null check (price >= 0)
);
create index on invoice_line (invoice_id);

create function sum_invoice() returns trigger language plpgsql as $$
begin
  update invoice set version = version + 1,
    total = (select coalesce(sum(quantity * price), 0) from invoice_line where invoice_id = invoice.id)
  where id in (old.invoice_id, new.invoice_id);
  return null;
end $$;
create trigger sum_invoice after insert or update or delete on invoice_line
  for each row execute function sum_invoice();

-- A queue of `work`.
create table mail (
  id int generated always as identity primary key,
  tenant_id int not null references tenant,
  invoice_id int not null references invoice on delete cascade,
  address text not null,
  status text not null default 'pending',
  attempts int,
  error text,
  run_at timestamptz
);

insert into tenant (name, token) values ('Nordic Lamps', 'lamps-token'), ('Blue Boats', 'boats-token');
