DROP TABLE refunds;
DROP FUNCTION refund_within_payment();
