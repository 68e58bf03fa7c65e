using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.PostgreSql.Sql;

/// <summary>PostgreSQL's own regression tests through the splitter: its statements are those that the server sees when psql runs the file.</summary>
public sealed partial class RegressionSqlTests(PsqlOracle psql) : IClassFixture<PsqlOracle>
{
    /// <summary>Of PostgreSQL 15.18, which has 39,133; later releases have more of both.</summary>
    private const int Files = 219;
    private const int Statements = 39_000;

    [Fact]
    public Task the_statements_of_every_fourth_file_are_those_that_psql_sends() => CompareAsync(every: 4);

    [Fact]
    [Trait("Category", "Long")]
    public Task the_statements_of_each_file_are_those_that_psql_sends() => CompareAsync(every: 1);

    private async Task CompareAsync(int every)
    {
        await using var template = await TestDatabase.CreateAsync(cluster: psql.Cluster);
        await Psql.RunFileAsync(template.Url, Corpora.PostgreSqlRegress.Single(file => Path.GetFileName(file) == "test_setup.sql"), new PsqlOptions { StopOnError = false });
        var (compared, wrong) = (0, new ConcurrentQueue<string>());
        await Parallel.ForEachAsync(Corpora.PostgreSqlRegress.Order(StringComparer.Ordinal).Where((_, i) => i % every == 0), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (file, cancel) =>
        {
            var script = WithoutCommandsOfPsql(await File.ReadAllTextAsync(file, cancel));
            var ours = SqlSplitter.Split(script, "script.sql").Select(statement => statement.Text).ToList();
            var sent = await SentAsync(template, script);
            Interlocked.Add(ref compared, ours.Count);
            var difference = Enumerable.Range(0, Math.Min(sent.Count, ours.Count)).FirstOrDefault(i => !PsqlOracle.IsSame(sent[i], ours[i]), -1);
            if (difference >= 0)
                wrong.Enqueue($"{Path.GetFileName(file)}: statement {difference}; psql sent:\n{sent[difference]}\nours:\n{ours[difference]}");
            else if (sent.Count != ours.Count)
                wrong.Enqueue($"{Path.GetFileName(file)}: psql sent {sent.Count}, ours are {ours.Count}");
        });

        wrong.ShouldBeEmpty(string.Join("\n\n", wrong));
        Corpora.PostgreSqlRegress.Count.ShouldBeGreaterThanOrEqualTo(Files);
        compared.ShouldBeGreaterThanOrEqualTo(every == 1 ? Statements : Statements / every / 2);
    }

    [Fact]
    public void each_file_is_split_the_same_when_it_is_read_as_a_stream() => Parallel.ForEach(Corpora.PostgreSqlRegress, file =>
    {
        var script = WithoutCommandsOfPsql(File.ReadAllText(file));
        var cursor = new ScriptCursor(new StringReader(script), new PlaceCounter("script.sql", 1, 1), firstWindow: 50);
        var streamed = SqlSplitter.Statements(cursor).Select(statement => (statement.At, statement.Text, statement.CopyData?.ToString()));
        streamed.ShouldBe(SqlSplitter.Split(script, "script.sql").Select(statement => (statement.At, statement.Text, statement.CopyData?.ToString())), Path.GetFileName(file));
    });

    private async Task<IReadOnlyList<string>> SentAsync(TestDatabase template, string script)
    {
        var database = await TestDatabase.CreateAsync(template.Name, psql.Cluster);
        var sent = await psql.StatementsAsync(database, script);
        // A prepared transaction that is left keeps its database; both end with the server.
        if (await database.ScalarAsync("SELECT count(*)::text FROM pg_prepared_xacts WHERE database = current_database()") == "0")
            await database.DisposeAsync();
        return sent;
    }

    /// <summary>The script without psql's commands and what follows them in their line; the splitter names the first of them until none is left. psql gets the same text. A file whose commands
    /// decide what is sent ends at the first of them, and one that switches standard_conforming_strings off, there: the splitter reads strings as they are by default.</summary>
    private static string WithoutCommandsOfPsql(string script)
    {
        var lines = script.Split('\n').TakeWhile(line => !OldStrings().IsMatch(line)).ToArray();
        var decides = DecidingCommand().IsMatch(script);
        while (true)
        {
            try
            {
                SqlSplitter.Split(string.Join('\n', lines), "script.sql");
                return string.Join('\n', lines);
            }
            catch (LockkeeperException e) when (e.Code == SqlErrors.MetaCommand)
            {
                if (decides)
                    return string.Join('\n', lines.Take(e.At!.Line - 1));
                // Some of them send the statement before them, as a semicolon does.
                var line = lines[e.At!.Line - 1].EnumerateRunes().Take(e.At.Column - 1);
                lines[e.At.Line - 1] = string.Concat(line) + ";";
            }
        }
    }

    [GeneratedRegex(@"^\s*set\s+standard_conforming_strings\s*(?:=|to)\s*off", RegexOptions.IgnoreCase)]
    private static partial Regex OldStrings();

    [GeneratedRegex(@"\\if|\\;|:'LAST_ERROR_MESSAGE'")]
    private static partial Regex DecidingCommand();
}
