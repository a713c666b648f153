drop table bulk_items, bulk_actions;
