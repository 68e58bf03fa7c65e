using System.Globalization;
using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Gates;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Migrate.Running.Contracts;

/// <summary>
/// Since when a column has not been used. pg_stat_statements counts calls and does not say when they were (before PostgreSQL 17), so each real run writes
/// down what it sees, and the next one compares: calls that did not grow since a look mean that nobody used the column since then.
/// </summary>
/// <param name="chosen">The target.</param>
/// <param name="workspace">The surroundings.</param>
internal sealed class UseRecord(ChosenTarget chosen, Workspace workspace)
{
    private const string Kind = "contract.looked";

    /// <summary>Whether the column has been unused for long enough.</summary>
    /// <param name="column">It.</param>
    /// <param name="use">What the server shows now.</param>
    /// <param name="limit">How long it must have been.</param>
    /// <param name="writes">Whether the look is written down.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<ContractAnswer> AnswerAsync(string column, ColumnUse use, TimeSpan limit, bool writes, CancellationToken cancel)
    {
        if (use.Unknown is { } why)
            return new ContractAnswer(false, $"whether statements name {column} is not known: {why}");
        var now = workspace.Clock.GetUtcNow();
        var since = await UnchangedSinceAsync(column, use, now, cancel);
        // With nothing seen, nothing thrown out and no look before, the statistics themselves are the first look.
        if (use is { Statements.Count: 0, Evicted: 0, Since: { } began } && began < since)
            since = began;
        if (writes && since == now)
            await WriteAsync(column, use, cancel);
        var remarks = use.Remarks.Count == 0 ? "" : $" ({string.Join("; ", use.Remarks)})";
        if (now - since >= limit)
            return new ContractAnswer(true, $"no statement has named {column} for {Durations.Words(now - since)}{remarks}");
        var last = since == now
            ? use.Statements.Count == 0 ? "looked at for the first time now" : string.Create(CultureInfo.InvariantCulture, $"called since the last look, {use.Statements.Values.Sum()} times in all: {use.Sample}")
            : $"unused since {since:yyyy-MM-dd HH:mm} UTC, which is {Durations.Words(now - since)}";
        return new ContractAnswer(false, $"statements that name {column} must be unused for {Durations.Words(limit)}: {last}{remarks}");
    }

    /// <summary>The oldest look since which nothing has changed; now without one.</summary>
    private async Task<DateTimeOffset> UnchangedSinceAsync(string column, ColumnUse use, DateTimeOffset now, CancellationToken cancel)
    {
        LedgerEntry? last = null;
        await foreach (var entry in workspace.Ledger.ReadAsync(new LedgerFilter { Environment = chosen.Environment.Name, Kinds = [Kind] }, cancel))
        {
            var body = JsonNode.Parse(entry.Fact.Body)!;
            if (entry.Fact.Database == chosen.Database.Name && (string?)body["column"] == column && (string?)body["tenant"] == chosen.Tenant?.Name)
                last = entry;
        }

        return last is not null && Sign(column, use).ToJsonString() == last.Fact.Body ? last.At : now;
    }

    private Task WriteAsync(string column, ColumnUse use, CancellationToken cancel) =>
        workspace.Ledger.AppendAsync(new LedgerFact(Kind, RunId.New(workspace.Clock), chosen.Environment.Name, chosen.Database.Name, workspace.Actor, Sign(column, use).ToJsonString()), cancel);

    /// <summary>What is the same as long as nobody uses the column and the server forgets nothing.</summary>
    private JsonObject Sign(string column, ColumnUse use) => new()
    {
        ["column"] = column,
        ["tenant"] = chosen.Tenant?.Name,
        ["statistics_since"] = use.Since?.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture),
        ["evicted"] = use.Evicted,
        ["calls"] = new JsonObject(use.Statements.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)JsonValue.Create(pair.Value)))),
    };
}
