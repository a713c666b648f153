alter table imports drop column heading_row;
