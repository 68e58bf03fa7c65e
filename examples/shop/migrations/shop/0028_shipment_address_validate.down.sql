ALTER TABLE shipments
    DROP CONSTRAINT shipments_address_id_fkey,
    ADD CONSTRAINT shipments_address_id_fkey FOREIGN KEY (address_id) REFERENCES addresses (id) NOT VALID;
