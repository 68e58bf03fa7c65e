DROP VIEW loyalty;
DROP FUNCTION tier_of(bigint);
DROP TYPE loyalty_tier;
