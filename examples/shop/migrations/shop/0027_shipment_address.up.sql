ALTER TABLE shipments ADD CONSTRAINT shipments_address_id_fkey
    FOREIGN KEY (address_id) REFERENCES addresses (id) NOT VALID;
