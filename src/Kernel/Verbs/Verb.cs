using System.Text.Json.Serialization.Metadata;
using Lockkeeper.Kernel.Reports;

namespace Lockkeeper.Kernel.Verbs;

/// <summary>What running a verb can do to the world; faces decide by it what may run without a person.</summary>
public enum VerbEffect
{
    /// <summary>Reads only.</summary>
    Reads,

    /// <summary>Writes local files or servers on this machine, never a declared database.</summary>
    Local,

    /// <summary>Changes a declared database: has <c>--dry-run</c> and <c>--yes</c>.</summary>
    Changes,
}

/// <summary>Runs a verb.</summary>
/// <param name="call">The values given and the surroundings.</param>
/// <param name="cancel">Ctrl-C, the time limit or the client going away.</param>
public delegate Task<Report> VerbHandler(VerbCall call, CancellationToken cancel);

/// <summary>One verb, declared once: the command line, the HTTP API, agent tools and the reference pages are derived from it.</summary>
public sealed record Verb
{
    private readonly bool? dryRun;

    /// <summary>The words that call it, for example <c>migrate apply</c>.</summary>
    public required string Path { get; init; }

    /// <summary>One line for lists: a lower-case phrase.</summary>
    public required string Summary { get; init; }

    /// <summary>What a user must know before calling it; full sentences.</summary>
    public string Details { get; init; } = "";

    /// <summary>What it can do to the world.</summary>
    public required VerbEffect Effect { get; init; }

    /// <summary>Whether it can show what it would do: true by default for verbs that change a database.</summary>
    public bool HasDryRun
    {
        get => dryRun ?? Effect == VerbEffect.Changes;
        init => dryRun = value;
    }

    /// <summary>Left out of the help and the reference: a verb for scripts of this project.</summary>
    public bool Hidden { get; init; }

    /// <summary>The parameters, in the order of the help.</summary>
    public IReadOnlyList<Parameter> Parameters { get; init; } = [];

    /// <summary>The parameters with the standard ones that this verb has: <c>--yes</c>, <c>--dry-run</c>, <c>--json</c>, <c>--timeout</c>, <c>--config</c>.</summary>
    public IEnumerable<Parameter> AllParameters
    {
        get
        {
            foreach (var parameter in Parameters)
                yield return parameter;
            foreach (var parameter in StandardParameters.Of(this))
            {
                if (!Parameters.Any(own => own.Name == parameter.Name))
                    yield return parameter;
            }
        }
    }

    /// <summary>Command lines with what they do.</summary>
    public IReadOnlyList<VerbExample> Examples { get; init; } = [];

    /// <summary>Gives the JSON contract of the report's data. A function, since building the contracts of all verbs would cost every start.</summary>
    public required Func<JsonTypeInfo> ReportType { get; init; }

    /// <summary>Runs it.</summary>
    public required VerbHandler Handler { get; init; }
}

/// <summary>An example of a verb.</summary>
/// <param name="CommandLine">As typed.</param>
/// <param name="Does">What happens, a lower-case phrase.</param>
public sealed record VerbExample(string CommandLine, string Does);
