CREATE TABLE refunds (id bigint PRIMARY KEY, the_reason_why_the_customer_wants_the_money_back_in_the_words_of_the_customer text);
CREATE INDEX "Größe und Gewicht der Sendung, geordnet nach Datum und Ländern" ON orders (id);
