-- Points are worth the tier that the shop promises.
DO $$
BEGIN
    IF tier_of(999) <> 'bronze' OR tier_of(1000) <> 'silver' OR tier_of(5000) <> 'gold' THEN
        RAISE EXCEPTION 'the borders of the tiers are wrong: % % %', tier_of(999), tier_of(1000), tier_of(5000);
    END IF;
END;
$$;
