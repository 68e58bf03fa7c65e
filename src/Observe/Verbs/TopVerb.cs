using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Screens;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Observe.PostgreSql.Top;
using Lockkeeper.Observe.Targets;
using Lockkeeper.Observe.Top;

namespace Lockkeeper.Observe.Verbs;

/// <summary><c>lk observe top</c>.</summary>
internal static class TopVerb
{
    private static readonly Parameter Target = new("target", ParameterKind.Text, "A declared cluster, CLUSTER/NODE, or ENVIRONMENT/DATABASE; may be left out when there is one only") { Positional = true, ValueName = "TARGET" };
    private static readonly Parameter Every = new("every", ParameterKind.Duration, "How often it is read") { Default = "2s" };
    private static readonly Parameter Once = new("once", ParameterKind.Flag, "Print one picture and end, on a terminal too");

    public static Verb Declare(TargetSources sources) => new()
    {
        Path = "observe top",
        Summary = "watch one server live: sessions, blocking tree, top queries, replication, pools",
        Details = "On a terminal the picture is drawn anew until q is pressed; ? shows the keys: sort, filter, the whole statement of a session with its locks, the plan of a statement (which is not executed), cancel and terminate. "
            + "Both are asked about twice and are entries of the ledger; they hit the session and the statement that were shown, or nothing. Into a file or a program, with --once or with --json it reads twice, --every apart, prints one picture and ends. "
            + "It reads over one connection with the limits of the exporter.",
        Effect = VerbEffect.Reads,
        Parameters = [Target, Every, Once],
        Examples = [new VerbExample("lk observe top prod/shop", "the live view"), new VerbExample("lk observe top shop-prod --once", "one picture, for a ticket")],
        ReportType = () => ObserveJson.Default.TopReport,
        Handler = (call, cancel) => HandleAsync(sources, call, cancel),
    };

    private static async Task<Report> HandleAsync(TargetSources sources, VerbCall call, CancellationToken cancel)
    {
        var workspace = call.Workspace;
        var declared = DeclaredTargets.Of(workspace, sources);
        var target = Choose([.. declared.Where(one => one.Engine == MonitoredTarget.PostgreSql)], call.Text(Target));
        var every = call.Duration(Every)!.Value;
        if (every < TimeSpan.FromMilliseconds(500))
            throw new LockkeeperException(KernelErrors.WrongUse, $"--every {call.Text(Every)} is too often", "Give half a second or more: looking costs the server something too.");
        await using var source = new TopReader(target, DeclaredTargets.PoolerOf(target, declared), workspace.Clock, workspace.Redactor);
        if (!call.Flag(Once))
        {
            // What cannot be reached is an error on the terminal as it was, and not a screen that says so.
            workspace.Progress.Now("connecting to " + target.Name);
            var first = await source.ReadAsync(cancel);
            workspace.Progress.Now(null);
            using var screen = workspace.Screen();
            if (screen is not null)
                return await ShowAsync(screen, source, Begin(target, every, workspace, screen.Size) with { Reading = first }, workspace, cancel);
        }
        else
        {
            await source.ReadAsync(cancel);
        }

        workspace.Progress.Now("reading for " + Durations.Words(every));
        await Task.Delay(every, workspace.Clock, cancel);
        var reading = await source.ReadAsync(cancel);
        workspace.Progress.Now(null);
        return Report.Of(TopReport.Of(target.Name, reading), () => ObserveJson.Default.TopReport, [.. TopPage.Of(Begin(target, every, workspace, default) with { Reading = reading })]);
    }

    private static TopState Begin(MonitoredTarget target, TimeSpan every, Workspace workspace, ScreenSize size) => new(target.Name, size, workspace.Clock.GetUtcNow()) { Every = every, Actor = workspace.Actor };

    private static async Task<Report> ShowAsync(IScreen screen, TopReader source, TopState state, Workspace workspace, CancellationToken cancel)
    {
        var loop = new TopLoop(source, new SessionSignals(state.Target, workspace), screen, workspace.Clock);
        try
        {
            await loop.RunAsync(state, cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Ctrl-C is a way to quit.
        }

        return Report.Of(TopReport.Of(state.Target, state.Reading!), () => ObserveJson.Default.TopReport, []);
    }

    private static MonitoredTarget Choose(IReadOnlyList<MonitoredTarget> targets, string? name)
    {
        if (targets.Count == 0)
            throw new LockkeeperException(ObserveErrors.NothingToObserve, "the project declares no PostgreSQL cluster and no target of an environment", "Declare a cluster in clusters/NAME.yaml, or a target in lockkeeper.yaml.");
        if (name is null)
            return targets is [var only] ? only : throw new LockkeeperException(KernelErrors.WrongUse, "there are several targets, and one can be watched", $"Name one of: {string.Join(", ", targets.Select(target => target.Name))}.");
        return targets.FirstOrDefault(target => target.Name == name)
            ?? throw new LockkeeperException(KernelErrors.UnknownName, $"there is no target '{name}'", NearestName.Hint(name, [.. targets.Select(target => target.Name)], "targets"));
    }
}
