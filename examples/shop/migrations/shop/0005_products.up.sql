CREATE TYPE product_status AS ENUM ('draft', 'active', 'retired');

CREATE TABLE products (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    category_id integer NOT NULL REFERENCES categories (id),
    sku text NOT NULL CONSTRAINT products_sku_key UNIQUE,
    title text NOT NULL,
    description text NOT NULL DEFAULT '',
    price cents NOT NULL,
    status product_status NOT NULL DEFAULT 'draft',
    attributes jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX products_category_id_idx ON products (category_id) INCLUDE (title, price);
CREATE INDEX products_attributes_idx ON products USING gin (attributes jsonb_path_ops);
