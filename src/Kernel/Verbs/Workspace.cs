using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Http;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Screens;

namespace Lockkeeper.Kernel.Verbs;

/// <summary>The surroundings of a verb: the project folder, its configuration, the ledger and the ports to the outside.</summary>
/// <remarks>Configuration and ledger are read when first asked for, so a verb that needs neither pays for neither.</remarks>
public sealed class Workspace : IDisposable
{
    private readonly Lazy<LocatedConfig> config;
    private readonly Lazy<ILedger> ledger;

    /// <summary>Creates the surroundings.</summary>
    /// <param name="folder">The folder that the verb was called in.</param>
    /// <param name="environment">Environment variables.</param>
    /// <param name="progress">Where progress goes.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="redactor">Holds the secrets that must not be printed.</param>
    /// <param name="actor">Who calls.</param>
    /// <param name="loadConfig">Reads the configuration.</param>
    /// <param name="openLedger">Opens the ledger that the configuration names.</param>
    public Workspace(
        string folder,
        IEnvironment environment,
        IProgressSink progress,
        TimeProvider clock,
        Redactor redactor,
        string actor,
        Func<LocatedConfig> loadConfig,
        Func<Workspace, ILedger> openLedger)
    {
        Folder = folder;
        Environment = environment;
        Progress = progress;
        Clock = clock;
        Redactor = redactor;
        Actor = actor;
        Processes = new ProcessRunner(redactor, clock);
        Secrets = new SecretResolver(environment, Processes, redactor, () => config is { IsValueCreated: true } ? config.Value.Folder : folder);
        config = new Lazy<LocatedConfig>(loadConfig);
        ledger = new Lazy<ILedger>(() => openLedger(this));
    }

    private Workspace(Workspace other, IProgressSink progress)
    {
        (Folder, Environment, Progress, Clock, Redactor, Actor) = (other.Folder, other.Environment, progress, other.Clock, other.Redactor, other.Actor);
        (Processes, Secrets, config, ledger, Http, Screen) = (other.Processes, other.Secrets, other.config, other.ledger, other.Http, other.Screen);
    }

    /// <summary>The same surroundings with another place for progress, for one of several things that are done at the same time.</summary>
    /// <param name="progress">Where progress goes.</param>
    public Workspace With(IProgressSink progress) => new(this, progress);

    /// <summary>The folder that the verb was called in.</summary>
    public string Folder { get; }

    /// <summary>Environment variables.</summary>
    public IEnvironment Environment { get; }

    /// <summary>Where progress goes.</summary>
    public IProgressSink Progress { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; }

    /// <summary>Holds the secrets that must not be printed.</summary>
    public Redactor Redactor { get; }

    /// <summary>Who calls: the operating system's user, or <c>LK_ACTOR</c>. The server will set it from the sign-in.</summary>
    public string Actor { get; }

    /// <summary>Starts programs.</summary>
    public ProcessRunner Processes { get; }

    /// <summary>Resolves secret references.</summary>
    public SecretResolver Secrets { get; }

    /// <summary>Gives what answers HTTP requests; the face sets it. A function, since loading a web server would cost every start.</summary>
    public Func<IInboundHttp> Http { get; init; } = () => throw new InvalidOperationException("this face answers no HTTP requests");

    /// <summary>Takes the terminal over for a live view; gives null where there is none: output goes to a file or a program, or JSON is wanted.</summary>
    public Func<IScreen?> Screen { get; init; } = static () => null;

    /// <summary>The project's configuration.</summary>
    /// <exception cref="Errors.LockkeeperException">It is missing or not valid.</exception>
    public ProjectConfig Config => config.Value.Config;

    /// <summary>The folder of lockkeeper.yaml; paths in the configuration start there.</summary>
    public string ProjectFolder => config.Value.Folder;

    /// <summary>The ledger.</summary>
    public ILedger Ledger => ledger.Value;

    /// <summary>Closes the ledger when it was opened.</summary>
    public void Dispose()
    {
        if (ledger is { IsValueCreated: true, Value: IDisposable open })
            open.Dispose();
    }
}
