CREATE TABLE stays (during tstzrange, EXCLUDE USING gist (during WITH &&));
CREATE TABLE visits (during tstzrange);
ALTER TABLE visits ADD EXCLUDE USING gist (during WITH &&);
