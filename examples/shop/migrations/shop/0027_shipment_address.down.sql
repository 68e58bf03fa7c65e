ALTER TABLE shipments DROP CONSTRAINT shipments_address_id_fkey;
