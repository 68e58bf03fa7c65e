using System.Net;
using System.Text.Json.Serialization;
using Lockkeeper.Host;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Server.Access;
using Lockkeeper.Server.Jobs;
using Lockkeeper.Server.Nodes;
using Lockkeeper.Server.Portal;
using Lockkeeper.Server.Proposals;
using Lockkeeper.Server.Schedules;
using Lockkeeper.Server.Web;

namespace Lockkeeper.Server.Verbs;

/// <summary><c>lk serve</c>.</summary>
internal static class ServeVerb
{
    private static readonly Parameter Listen = new("listen", ParameterKind.Text, "The address of this machine and the port") { Default = "127.0.0.1:9180", ValueName = "ADDRESS" };

    private static readonly Parameter BehindProxy = new("behind-proxy", ParameterKind.Flag, "Listen on an address of the network although this server encrypts nothing: a proxy before it does");

    private static readonly Parameter Log = new("log", ParameterKind.Choice, "How each request and each failure is written to standard error") { Choices = [ServerLog.None, ServerLog.Text, ServerLog.Json], Default = ServerLog.None };

    /// <summary>Declares it.</summary>
    /// <param name="verbs">Every verb of the program; the server offers those that make sense over a network.</param>
    public static Verb Declare(IReadOnlyList<Verb> verbs) => new()
    {
        Path = "serve",
        Summary = "serve the team's portal and the API of this project, until it is stopped",
        Details = "Everybody signs in. As long as nobody has an account it prints a link with which the first administrator is made; the link is good for an hour. Everything that is done here stands in the ledger with the name of who did it. "
            + "It listens on this machine only unless told otherwise, and encrypts nothing itself: put a proxy with TLS before it. Ctrl-C or SIGTERM stops it: what runs is brought to an end that the next run can go on from. People, tokens and jobs are kept in state.server.db beside the ledger; a copy of both is a backup of the server. With the state on PostgreSQL any number of servers work side by side. It runs the schedules of the configuration.",
        Effect = VerbEffect.Local,
        Parameters = [Listen, BehindProxy, Log],
        Examples = [new VerbExample("lk serve", "serves the project of this folder at http://127.0.0.1:9180")],
        ReportType = () => ServeJson.Default.ServeReport,
        Handler = (call, cancel) => HandleAsync(verbs, call, cancel),
    };

    private static async Task<Report> HandleAsync(IReadOnlyList<Verb> verbs, VerbCall call, CancellationToken cancel)
    {
        var workspace = call.Workspace;
        var address = Address(call.Required(Listen), call.Flag(BehindProxy));
        using var documents = await DocumentStores.OpenAsync(workspace, cancel);
        var access = new AccessStore(documents);
        ServerParts parts = null!;
        await using var fleet = new FleetStatus(() => parts);
        await using var jobs = new JobRunner(new JobStore(documents), (job, progress, stop) => VerbWork.RunAsync(parts, job, progress, stop), workspace);
        var desk = new AccessDesk(access, new SignInLimit(workspace.Clock, documents.IsShared ? documents : null), workspace.Clock);
        parts = new ServerParts
        {
            Verbs = verbs.Where(VerbRights.Offers).ToDictionary(verb => verb.Path, StringComparer.Ordinal),
            Home = workspace,
            Surroundings = new Surroundings(workspace, call.Text(StandardParameters.Config)),
            Access = access,
            Desk = desk,
            Doors = new Doors(desk, access, workspace.Config.Server),
            Jobs = jobs,
            LogFormat = call.Required(Log),
            Proposals = new ProposalStore(documents),
            Schedules = new ScheduleStore(documents),
            Comments = new Comments(documents),
            Fleet = fleet,
        };
        await using var background = await Background.StartAsync(parts, new NodeStore(documents), cancel);
        var served = 0;
        await WebServer.ServeAsync(parts, address, url =>
        {
            workspace.Progress.Say($"the portal and the API of {workspace.Config.Project} answer at {url}");
            if (parts.Desk.OpenSetup() is { } secret)
            {
                workspace.Progress.Say($"nobody has an account yet; make the administrator's within an hour: {url}/setup?key={secret}");
                if (documents.IsShared)
                    workspace.Progress.Say("every server over this state has such a link; the first that is used ends the others");
            }

            served++;
        }, cancel);
        return Report.Of(new ServeReport(served > 0), () => ServeJson.Default.ServeReport, [new Line("stopped")]);
    }

    private static IPEndPoint Address(string text, bool behindProxy)
    {
        var address = Listener.Read(text);
        // Passwords and sessions would go over the network for everybody to read.
        if (!IPAddress.IsLoopback(address.Address) && !behindProxy)
            throw new LockkeeperException(ServerErrors.OpenAddress, $"{text} is open to the network, and this server encrypts nothing", "Listen on 127.0.0.1 and put a proxy with TLS before it, or say --behind-proxy when one stands on another machine.");
        return address;
    }
}

/// <summary>What <c>lk serve</c> answers when it has stopped.</summary>
/// <param name="Served">Whether it had begun to answer.</param>
internal sealed record ServeReport(bool Served);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ServeReport))]
internal sealed partial class ServeJson : JsonSerializerContext;
