using System.Text;
using Lockkeeper.Engines.PostgreSql.Schema;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.PostgreSql.Schema;

public sealed class ChangeTests
{
    private const string File = "tests/Engines/PostgreSql/Schema/changes.sql";
    private const string Says = "--> ";

    [Fact]
    public async Task a_change_of_any_property_of_any_object_is_seen_and_said()
    {
        await using var database = await Schemas.MakeAsync(Schemas.Everything);
        await using var connection = await database.OpenAsync();
        var before = await SchemaReader.ReadAsync(connection, SchemaScope.Default, CancellationToken.None);
        var (known, changed) = (Properties(before), new HashSet<string>());
        var golden = new StringBuilder();
        foreach (var block in System.IO.File.ReadAllText(RepositoryRoot.Path(File)).Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var sql = string.Join('\n', block.Split('\n').Where(line => !line.StartsWith(Says, StringComparison.Ordinal))).Trim('\n');
            await ExecuteAsync(connection, sql);
            var after = await SchemaReader.ReadAsync(connection, SchemaScope.Default, CancellationToken.None);
            var differences = SchemaDiff.Compare(before, after);
            if (sql.Split('\n').Any(line => !line.StartsWith("--", StringComparison.Ordinal))) differences.ShouldNotBeEmpty(sql);
            known.UnionWith(Properties(after));
            changed.UnionWith(differences.SelectMany(difference => difference.Changes.Select(change => $"{difference.Object.Kind}: {change.Name}")));
            golden.Append(golden.Length > 0 ? "\n" : "").Append(sql).Append('\n').AppendJoin("", differences.Select(difference => $"{Says}{difference.Words}\n"));
            before = after;
        }

        Golden.Check(File, golden.ToString());
        // What a grant is on is a part of its identity.
        known.ExceptWith(["grant: on", "revocation: on"]);
        known.Except(changed).Order(StringComparer.Ordinal).ShouldBeEmpty("each property is to be changed once in " + File);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        try
        {
            await connection.ExecuteEachAsync(sql);
        }
        catch (PostgresException error)
        {
            throw new ShouldAssertException($"{error.MessageText}\n{sql}", error);
        }
    }

    private static HashSet<string> Properties(SchemaSnapshot snapshot) =>
        [.. snapshot.Objects.SelectMany(item => item.Properties.Select(property => $"{item.Kind}: {property.Name}"))];
}
