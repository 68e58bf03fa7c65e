using FsCheck;
using FsCheck.Fluent;
using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.PostgreSql.Connections;

/// <summary>What a real server reads from our quoting.</summary>
public sealed class SqlTextTests
{
    private static readonly string[] Fragments = ["'", "''", "\\", "\\'", "\"", "\"\"", "E'", "$$", "$1", "--", "/*", "*/", ";", "\n", "\r", "\t", " ", "a", "Ü", "注", "\uD83D\uDE00", "%", "{", "\\u0041", "\\x41", "U&", "select"];

    private static Gen<string> Texts(int atLeast) => Gen.Elements(Fragments).ListOf().Where(parts => parts.Count >= atLeast).Select(parts => string.Concat(parts));

    [Theory]
    [InlineData("on")]
    [InlineData("off")]
    public async Task a_literal_is_the_text_it_was_made_of(string conforming)
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var connection = await database.OpenAsync();
        await using (var set = new NpgsqlCommand($"SET standard_conforming_strings = {conforming}", connection))
            await set.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(400), Prop.ForAll(Arb.From(Texts(0)), text =>
        {
            using var select = new NpgsqlCommand($"SELECT {SqlText.Literal(text)}::text", connection);
            return (string?)select.ExecuteScalar() == text;
        }));
    }

    [Fact]
    public async Task an_identifier_names_the_table_it_was_made_for()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var connection = await database.OpenAsync();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(200), Prop.ForAll(Arb.From(Texts(1).Where(name => System.Text.Encoding.UTF8.GetByteCount(name) <= 63)), name =>
        {
            using var transaction = connection.BeginTransaction();
            using var create = new NpgsqlCommand($"CREATE TEMP TABLE {SqlText.Identifier(name)} ({SqlText.Identifier(name)} int) ON COMMIT DROP", connection, transaction);
            create.ExecuteNonQuery();
            using var read = new NpgsqlCommand("SELECT count(*) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.relname = $1 AND a.attname = $1 AND c.oid = to_regclass($2)", connection, transaction)
            { Parameters = { new() { Value = name }, new() { Value = SqlText.Identifier(name) } } };
            return read.ExecuteScalar() is 1L;
        }));
    }
}
