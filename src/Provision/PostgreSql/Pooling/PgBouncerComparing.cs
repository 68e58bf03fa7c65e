using System.Globalization;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Provision.Differences;

namespace Lockkeeper.Provision.PostgreSql.Pooling;

/// <summary>What a pooler's files hold, as they should be.</summary>
/// <param name="Ini">pgbouncer.ini.</param>
/// <param name="UserList">userlist.txt.</param>
/// <param name="Certificate">Its certificate; null for none.</param>
/// <param name="Key">The certificate's key.</param>
/// <param name="Ca">Those that clients' are checked against; null for none.</param>
internal sealed record PgBouncerTexts(string Ini, string UserList, string? Certificate, string? Key, string? Ca);

/// <summary>A pooler held against its declaration: its files, whether it runs, and what it runs with, which the console may have changed.</summary>
internal sealed class PgBouncerComparing(ClusterConfig cluster, PgBouncerPlace place, PgBouncerFiles files, PgBouncerTexts texts, PgBouncerState state, PgBouncerWork work)
{
    private readonly SourcePosition at = cluster.Pooler!.At;

    public IEnumerable<Difference> Compare()
    {
        var written = Written().ToList();
        foreach (var difference in written)
            yield return difference;
        if (state.HasSystemd && cluster.Pooler!.Value.Service != InstanceService.None && files.Unit(state.Program) is var unit && state.Files.GetValueOrDefault(place.UnitFile)?.Text != unit)
            yield return Of($"file {place.UnitFile}", "written", Cost.None, Remedy.OnHost(cancel => work.WriteUnitAsync(unit, cancel), $"write {place.UnitFile}"));
        if (!state.Runs)
        {
            yield return Of("pooler", "started", Cost.None, Remedy.OnHost(cancel => work.StartAsync(state, cancel), state.HasSystemd ? $"systemctl enable --now {place.Unit}" : $"pgbouncer -d {place.Ini}"));
            yield break;
        }

        var running = Running().ToList();
        if (running.Where(one => one.NeedsRestart).Select(one => one.Words).ToList() is { Count: > 0 } restarts)
            yield return Of("pooler", $"restarted for {string.Join(", ", restarts)}: clients are cut off", Cost.Restart, Remedy.OnHost(cancel => work.RestartAsync(state, cancel), "restart"));
        else if (written.Count > 0)
            yield return Of("pooler", "reads its files again", Cost.Reload, Reload());
        else
            foreach (var (words, _) in running)
                yield return Of("pooler as it runs", words, Cost.Reload, Reload());
    }

    private IEnumerable<Difference> Written()
    {
        (string Path, string? Text, string Mode, bool IsSecret)[] all =
        [
            (place.Certificate, texts.Certificate, "644", false), (place.Key, texts.Key, "600", true), (place.Ca, texts.Ca, "644", false), (place.UserList, texts.UserList, "600", true), (place.Ini, texts.Ini, "640", false),
        ];
        foreach (var (path, text, mode, isSecret) in all)
        {
            if (text is null)
                continue;
            var there = state.Files.GetValueOrDefault(path);
            if (there?.Text == text && there.Entry.Mode == mode)
                continue;
            var how = there is null ? "written" : there.Text != text ? isSecret ? "changed by hand, or its secret is another → as it should be" : Lines(there.Text, text) : $"mode {there.Entry.Mode} → {mode}";
            yield return Of($"file {path}", how, Cost.None, Remedy.OnHost(cancel => work.WriteAsync(path, text, mode, cancel), $"write {path}"));
        }
    }

    /// <summary>What it runs with and should not.</summary>
    private IEnumerable<(string Words, bool NeedsRestart)> Running()
    {
        foreach (var (name, value) in files.Settings(state.Version))
        {
            if (state.Config!.TryGetValue(name, out var row) && row["value"] != value)
                yield return ($"{name} {Shown(row["value"])} → {Shown(value)}", row["changeable"] == "no");
        }

        foreach (var (name, pool) in PoolSizes.Databases(cluster))
        {
            if (!state.Databases.TryGetValue(name, out var row))
            {
                yield return ($"database {name} → pooled", false);
                continue;
            }

            (string Column, string Value)[] wanted =
            [
                ("host", place.ServerHost), ("port", Number(place.ServerPort)), ("database", name), ("pool_mode", pool?.Mode ?? ""), ("max_connections", Number(pool?.MaxConnections ?? 0)), ("disabled", "0"),
                // Without one of its own it follows default_pool_size, which is compared above.
                .. pool?.PoolSize is { } size ? [("pool_size", Number(size))] : Array.Empty<(string, string)>(),
            ];
            foreach (var (column, value) in wanted.Where(one => row.TryGetValue(one.Column, out var now) && now != one.Value))
                yield return ($"database {name}: {column} {Shown(row[column])} → {Shown(value)}", false);
        }
    }

    private Remedy Reload() => Remedy.OnHost(cancel => PgBouncerWork.ReloadAsync(state, cancel), "RELOAD", "RECONNECT");

    private Difference Of(string what, string change, Cost cost, Remedy remedy) => new() { Phase = Phase.Pooler, Object = what, Change = change, Cost = cost, At = at, Remedy = remedy };

    /// <summary>The first lines that differ, as people look for them.</summary>
    private static string Lines(string now, string wanted)
    {
        var (there, should) = (now.Split('\n'), wanted.Split('\n'));
        var extra = there.Except(should, StringComparer.Ordinal).Where(line => line.Length > 0).Take(3).ToList();
        var missing = should.Except(there, StringComparer.Ordinal).Where(line => line.Length > 0).Take(3).ToList();
        return (extra.Count, missing.Count) switch
        {
            (0, 0) => "the order of its lines",
            (0, _) => $"with {Quoted(missing)}",
            (_, 0) => $"without {Quoted(extra)}",
            _ => $"{Quoted(extra)} → {Quoted(missing)}",
        };

        static string Quoted(List<string> lines) => $"'{string.Join("', '", lines)}'";
    }

    private static string Shown(string value) => value.Length == 0 ? "''" : value;

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
