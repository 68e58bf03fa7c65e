using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Engines.PostgreSql.Schema;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Npgsql;
using Shouldly;

namespace Lockkeeper.Tests.Engines.PostgreSql.Schema;

/// <summary>Reads schemas of test databases, and carries them through pg_dump and psql.</summary>
internal static class Schemas
{
    /// <summary>Every kind of object there is, with the odd cases.</summary>
    public static string Everything { get; } = File.ReadAllText(RepositoryRoot.Path("tests/Engines/PostgreSql/Schema/everything.sql"));

    public static Task<SchemaSnapshot> ReadAsync(TestDatabase database, SchemaScope? scope = null) => ReadAsync(database.ConnectionString, scope);

    // As the product connects: without loading the server's types.
    public static async Task<SchemaSnapshot> ReadAsync(string connectionString, SchemaScope? scope = null)
    {
        await using var source = new NpgsqlSlimDataSourceBuilder(connectionString + ";Server Compatibility Mode=NoTypeLoading").Build();
        await using var connection = await source.OpenConnectionAsync();
        return await SchemaReader.ReadAsync(connection, scope ?? SchemaScope.Default, CancellationToken.None);
    }

    public static async Task<TestDatabase> MakeAsync(string sql, SandboxCluster? cluster = null)
    {
        var database = await TestDatabase.CreateAsync(cluster: cluster);
        await Psql.OutputAsync(database.Url, sql);
        return database;
    }

    /// <summary>A new database on the same server with what pg_dump wrote of another, read in by psql.</summary>
    public static async Task<TestDatabase> RestoredAsync(TestDatabase from, params string[] options)
    {
        var database = await TestDatabase.CreateAsync(cluster: from.Cluster);
        await Psql.OutputAsync(database.Url, await DumpAsync(from, options));
        return database;
    }

    /// <summary>What the server's own pg_dump writes.</summary>
    public static async Task<string> DumpAsync(TestDatabase from, params string[] options)
    {
        using var folder = new TestFolder();
        var url = new Uri(from.Url);
        var dump = await new ProcessRunner(new Redactor(), TimeProvider.System).RunAsync(
            new ProcessSpec(Path.Combine(from.Cluster.BinariesFolder, "pg_dump"), ["-h", url.Host, "-p", $"{url.Port}", "-U", "postgres", "-f", folder["dump.sql"], .. options, from.Name])
            {
                Environment = new Dictionary<string, string?> { ["PGPASSWORD"] = url.UserInfo.Split(':')[1] },
            },
            CancellationToken.None);
        dump.ExitCode.ShouldBe(0, dump.AllOutput);
        return await File.ReadAllTextAsync(folder["dump.sql"]);
    }

    public static IEnumerable<string> Words(SchemaSnapshot expected, SchemaSnapshot actual) => SchemaDiff.Compare(expected, actual).Select(difference => difference.Words);

    public static void ShouldBeTheSame(SchemaSnapshot expected, SchemaSnapshot actual)
    {
        Words(expected, actual).ShouldBeEmpty();
        actual.Fingerprint.ShouldBe(expected.Fingerprint);
    }
}
