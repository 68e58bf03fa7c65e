using Lockkeeper.Kernel.Doctor;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Engines.PostgreSql.Connections;

/// <summary>Whether the project's PostgreSQL targets can be reached from this machine.</summary>
public static class TargetsCheck
{
    /// <summary>Shorter than a check's own limit, so that the answer still names the target that hangs.</summary>
    private static readonly TimeSpan TargetLimit = TimeSpan.FromSeconds(4);

    /// <summary>The check.</summary>
    public static DoctorCheck Check { get; } = new("targets", "verbs with --env", LookAsync);

    private static async Task<DoctorAnswer> LookAsync(Workspace workspace, CancellationToken cancel)
    {
        IReadOnlyList<(string Name, string Url)> targets;
        try
        {
            targets = [.. Targets(workspace)];
        }
        catch (LockkeeperException)
        {
            // The check of the configuration tells why.
            return new DoctorAnswer(Health.Good, "no configuration, so none is known");
        }

        var answers = await Task.WhenAll(targets.Select(target => ReachAsync(target.Name, target.Url, workspace, cancel)));
        var lost = answers.Where(answer => answer.Health != Health.Good).ToList();
        return new DoctorAnswer(
            lost.Count == 0 ? Health.Good : Health.Missing,
            string.Join("; ", answers.Select(answer => answer.Found)),
            lost.Count == 0 ? null : string.Join(" ", lost.Select(answer => answer.Remedy).Distinct(StringComparer.Ordinal)));
    }

    private static IEnumerable<(string Name, string Url)> Targets(Workspace workspace)
    {
        var ours = workspace.Config.Databases.Where(database => database.Engine == "postgres").Select(database => database.Name).ToHashSet(StringComparer.Ordinal);
        return from environment in workspace.Config.Environments
               from target in environment.Targets
               where ours.Contains(target.Key)
               from url in target.Value.WrittenUrls
               select ($"{environment.Name}/{target.Key}", url.Text);
    }

    private static async Task<DoctorAnswer> ReachAsync(string name, string url, Workspace workspace, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(TargetLimit, workspace.Clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        try
        {
            var server = PostgreSqlServer.At(await workspace.Secrets.ResolveAsync(url, both.Token), workspace.Redactor);
            // The driver takes seconds of its own to give up on a server that accepts and says nothing.
            await using var connection = await server.OpenAsync(both.Token).WaitAsync(both.Token);
            var identity = await ServerIdentity.ReadAsync(connection, both.Token);
            return new DoctorAnswer(Health.Good, $"{name}: PostgreSQL {identity.Version}{(identity.IsStandby ? ", a standby" : "")}");
        }
        catch (LockkeeperException e) when (e.Code == KernelErrors.SecretMissing)
        {
            // Usual: a developer's machine does not hold production's URL.
            return new DoctorAnswer(Health.Good, $"{name}: not for this machine, {e.Message}");
        }
        catch (LockkeeperException e)
        {
            return new DoctorAnswer(Health.Missing, $"{name}: {e.Message}", e.Hint);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new DoctorAnswer(Health.Missing, $"{name}: no answer", "Check host, port and firewall, and that the server runs.");
        }
    }
}
