update t set name = 'by a file' where id = 1;
