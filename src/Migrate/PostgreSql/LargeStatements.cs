using System.Collections;
using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.PostgreSql;

/// <summary>The statements of a large script, read from its file each time that they are gone through.</summary>
/// <param name="script">The script.</param>
/// <param name="text">Its text with the placeholders replaced.</param>
/// <param name="analyze">Asks the parser about a statement.</param>
/// <param name="leftOut">The places of those that are not sent.</param>
internal sealed class LargeStatements(MigrationScript script, ScriptText text, Func<SqlStatement, StatementFacts> analyze, IReadOnlySet<int> leftOut) : IEnumerable<PreparedStatement>
{
    public IEnumerator<PreparedStatement> GetEnumerator()
    {
        using var reader = text.Open();
        foreach (var statement in Sent(SqlSplitter.Read(reader, script.File, script.FirstLine)))
            yield return statement;
    }

    /// <summary>All of them in memory.</summary>
    public IReadOnlyList<PreparedStatement> Load() => [.. Sent(SqlSplitter.Split(text.Load(), script.File, script.FirstLine))];

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Reads the file through; it is refused where it is not as it was.</summary>
    public void RequireUnchanged()
    {
        using var reader = script.Large!.Open();
        var buffer = new char[32_000];
        while (reader.Read(buffer) > 0)
        {
            // Each block is held against what it was before it is given out.
        }
    }

    private IEnumerable<PreparedStatement> Sent(IEnumerable<SqlStatement> all) =>
        all.Index().Where(one => !leftOut.Contains(one.Index)).Select(one => new PreparedStatement(one.Item, analyze) { Backfill = ScriptPreparation.BackfillOf(one.Item) });
}
