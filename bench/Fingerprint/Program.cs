// How long reading, hashing and storing a schema takes, beside pg_dump --schema-only of the same database.
// Build in Release (dotnet build -c Release bench/Fingerprint), then run artifacts/bin/Fingerprint/release/Lockkeeper.Fingerprint [TABLES].
using System.Diagnostics;
using System.Globalization;
using Lockkeeper.Engines.PostgreSql.Schema;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Npgsql;

const int Runs = 5;
var tables = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 2000;
AppContext.SetSwitch("Npgsql.EnableSqlRewriting", false);

await using var cluster = await TestCluster.StartAsync();
await using var database = await TestDatabase.CreateAsync(cluster: cluster);
await Psql.OutputAsync(database.Url, $"""
    SELECT format('CREATE TABLE t%s (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a text NOT NULL, b integer DEFAULT 0, c numeric(10,2), '
        'd timestamptz DEFAULT now(), e boolean, f uuid, g jsonb, h date, i varchar(20) CHECK (i IN (''x'', ''y'')))', n) FROM generate_series(1, {tables}) n \gexec
    SELECT format('CREATE INDEX ON t%s (a)', n) FROM generate_series(1, {tables}) n \gexec
    SELECT format('CREATE INDEX ON t%s (b, d) WHERE e', n) FROM generate_series(1, {tables}) n \gexec
    """);

await using var source = new NpgsqlSlimDataSourceBuilder(database.ConnectionString + ";Server Compatibility Mode=NoTypeLoading").Build();
Console.WriteLine($"{tables} tables with 10 columns, a check and 2 indexes each; PostgreSQL {cluster.MajorVersion}; each run on a new connection");
for (var run = 1; run <= Runs; run++)
{
    await using var connection = await source.OpenConnectionAsync();
    var watch = Stopwatch.StartNew();
    var snapshot = await SchemaReader.ReadAsync(connection, SchemaScope.Default, CancellationToken.None);
    var read = watch.ElapsedMilliseconds;
    var fingerprint = snapshot.Fingerprint;
    var hashed = watch.ElapsedMilliseconds;
    var bytes = snapshot.ToBytes();
    Console.WriteLine(
        $"run {run}: read {read} ms, fingerprint {hashed - read} ms, to bytes {watch.ElapsedMilliseconds - hashed} ms; {snapshot.Objects.Count} objects, {bytes.Length / 1024} KiB, {fingerprint[..8]}");
}

var url = new Uri(database.Url);
for (var run = 1; run <= Runs; run++)
{
    var dump = await new ProcessRunner(new Redactor(), TimeProvider.System).RunAsync(
        new ProcessSpec("pg_dump", ["--schema-only", "-f", "/dev/null", "-h", url.Host, "-p", $"{url.Port}", "-U", cluster.User, database.Name])
        {
            Environment = new Dictionary<string, string?> { ["PGPASSWORD"] = cluster.Password },
        },
        CancellationToken.None);
    Console.WriteLine($"pg_dump --schema-only, run {run}: {dump.Duration.TotalMilliseconds:0} ms");
}
