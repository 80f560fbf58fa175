insert into reader (name, standing) values ('Ann', 'member'), ('Bob', 'guest');
