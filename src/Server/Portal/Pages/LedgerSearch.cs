using System.Globalization;
using System.Runtime.CompilerServices;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Verbs;
using Microsoft.AspNetCore.Http;

namespace Lockkeeper.Server.Portal.Pages;

/// <summary>Which entries of the ledger somebody looks for.</summary>
internal sealed record LedgerSearch(string Run, string Actor, string Environment, string Database, string Duty, string Word, long Before)
{
    /// <summary>The duties that an entry may belong to.</summary>
    public static IReadOnlyList<string> Duties { get; } = ["migrate", "provision", "backup", "observe", "gates", "server"];

    /// <summary>What the address says.</summary>
    public static LedgerSearch Of(HttpRequest request)
    {
        var duty = Given("duty");
        _ = long.TryParse(Given("before"), NumberStyles.None, CultureInfo.InvariantCulture, out var before);
        return new LedgerSearch(Given("run"), Given("actor"), Given("environment"), Given("database"), Duties.Contains(duty) ? duty : "", Given("word"), before);

        string Given(string name) => request.Query[name].ToString().Trim();
    }

    /// <summary>The same as the end of an address.</summary>
    /// <param name="before">Only entries before this one; 0 for all.</param>
    public string Query(long before = 0) => string.Join('&', new[] { ("run", Run), ("actor", Actor), ("environment", Environment), ("database", Database), ("duty", Duty), ("word", Word), ("before", before > 0 ? $"{before}" : "") }
        .Where(pair => pair.Item2.Length > 0).Select(pair => $"{pair.Item1}={Uri.EscapeDataString(pair.Item2)}"));

    /// <summary>The entries in order.</summary>
    public async IAsyncEnumerable<LedgerEntry> ReadAsync(Workspace workspace, [EnumeratorCancellation] CancellationToken cancel)
    {
        var clusters = Duty is "migrate" or "provision" ? ClusterReader.Load(workspace.ProjectFolder, workspace.Config.Include).Select(cluster => cluster.Name).ToHashSet(StringComparer.Ordinal) : [];
        var filter = new LedgerFilter { Run = Run.Length > 0 ? Run : null, Environment = Environment.Length > 0 ? Environment : null };
        await foreach (var entry in workspace.Ledger.ReadAsync(filter, cancel))
        {
            if (Before > 0 && entry.Number >= Before)
                yield break;
            var fact = entry.Fact;
            if ((Actor.Length == 0 || fact.Actor == Actor) && (Database.Length == 0 || fact.Database == Database) && (Duty.Length == 0 || DutyOf(fact, clusters) == Duty)
                && (Word.Length == 0 || fact.Body.Contains(Word, StringComparison.OrdinalIgnoreCase) || fact.Kind.Contains(Word, StringComparison.OrdinalIgnoreCase)))
                yield return entry;
        }
    }

    /// <summary>Runs and steps are both of migrations and of clusters; the ledger calls a cluster where it would call a database.</summary>
    private static string DutyOf(LedgerFact fact, HashSet<string> clusters) => fact.Kind.Split('.')[0] switch
    {
        "backup" => "backup", "silence" or "session" => "observe", "approval" => "gates", "server" => "server", "provision" => "provision",
        _ => fact.Database is { } name && clusters.Contains(name) ? "provision" : "migrate",
    };
}
