ALTER TABLE orders ALTER COLUMN note SET NOT NULL;
-- file: a check of another column proves nothing
ALTER TABLE lines ADD CONSTRAINT other_set CHECK (total IS NOT NULL) NOT VALID;
-- file: validated
ALTER TABLE lines VALIDATE CONSTRAINT other_set;
-- file: and the column
ALTER TABLE lines ALTER COLUMN note SET NOT NULL;
-- file: nor does a check of the column that NULL passes
ALTER TABLE lines ADD CONSTRAINT state_known CHECK (state IN ('new', 'old'));
ALTER TABLE lines ALTER COLUMN state SET NOT NULL;
