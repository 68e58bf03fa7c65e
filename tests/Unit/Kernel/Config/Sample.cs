using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Tests.Unit.Kernel.Config;

/// <summary>A valid configuration that uses every key.</summary>
internal static class Sample
{
    public const string Full =
        """
        project: shop
        state: sqlite:.lockkeeper/state.db
        databases:
          shop:
            engine: postgres
            migrations: migrations/shop
            format: flyway
            placeholders: { schema: app, port: 5432, empty: "" }
            search_path: [app, public]
            lock_timeout: 1.5s
            lock_retries: 3
            out_of_order: allow
        environments:
          - name: dev
            targets: { shop: "${env:DEV_URL}" }
            require_promotion: false
          - name: staging
            targets: { shop: "postgres://app:${env:STAGING_PASSWORD}@db/shop" }
            gates: &gates [ { name: integration tests, run: "dotnet test app/Tests", timeout: 15m } ]
          - name: prod
            targets: { shop: "${file:/run/secrets/prod_url}" }
            gates: *gates
            approvals: { required: 2, groups: [dba] }
            window: { days: "mon-thu", from: "09:00", to: "16:00", zone: Europe/Berlin }
            on_failure: rollback
            health: { for: 2m, max_p95_ratio: 1.5, max_waiting: 20 }
        groups:
          dba: [ada, grace, edsger]
        server: { schedules: [ { name: nightly, verb: migrate status, with: { env: prod }, cron: "30 5 * * *", zone: Europe/Berlin, missed: skip } ] }
        """;

    public static ProjectConfig Parse(string yaml) => ConfigReader.Parse(yaml, new Problems("lockkeeper.yaml"));

    /// <summary>The configuration, or the exception that a user would see.</summary>
    public static LockkeeperException? Fails(string yaml)
    {
        try
        {
            Parse(yaml);
            return null;
        }
        catch (LockkeeperException e)
        {
            return e;
        }
    }
}
