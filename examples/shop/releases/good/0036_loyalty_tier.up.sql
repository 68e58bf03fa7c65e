CREATE TYPE loyalty_tier AS ENUM ('bronze', 'silver', 'gold');

CREATE FUNCTION tier_of(p_points bigint) RETURNS loyalty_tier LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN p_points >= 5000 THEN 'gold' WHEN p_points >= 1000 THEN 'silver' ELSE 'bronze' END::loyalty_tier;

CREATE VIEW loyalty AS
SELECT c.id AS customer_id, c.email, a.points, tier_of(a.points) AS tier
FROM loyalty_accounts a
JOIN customers c ON c.id = a.customer_id;
