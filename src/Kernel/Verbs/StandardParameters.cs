namespace Lockkeeper.Kernel.Verbs;

/// <summary>The parameters that more than one verb has, worded once.</summary>
public static class StandardParameters
{
    /// <summary><c>--yes</c>: of every verb that changes a database.</summary>
    public static Parameter Yes { get; } = new("yes", ParameterKind.Flag, "Confirm a change that destroys or overwrites something");

    /// <summary><c>--dry-run</c>: of every verb with <see cref="Verb.HasDryRun"/>.</summary>
    public static Parameter DryRun { get; } = new("dry-run", ParameterKind.Flag, "Show what would be done and change nothing");

    /// <summary><c>--json</c>: of every verb.</summary>
    public static Parameter Json { get; } = new("json", ParameterKind.Flag, "Print the report as JSON");

    /// <summary><c>--timeout</c>: of every verb.</summary>
    public static Parameter Timeout { get; } = new("timeout", ParameterKind.Duration, "Give the whole verb up after this time");

    /// <summary><c>--config</c>: of every verb.</summary>
    public static Parameter Config { get; } = new("config", ParameterKind.Text, "The configuration file; by default lockkeeper.yaml in this folder or the nearest one above")
    {
        ValueName = "FILE",
    };

    /// <summary><c>--env</c>.</summary>
    public static Parameter Environment { get; } = new("env", ParameterKind.Text, "The environment, as named in lockkeeper.yaml") { ValueName = "NAME", Required = true };

    /// <summary><c>--database</c>.</summary>
    public static Parameter Database { get; } = new("database", ParameterKind.Text, "One database of the project; by default all that the environment has a target for")
    {
        ValueName = "NAME",
    };

    /// <summary>The parameters that a verb has without declaring them.</summary>
    /// <param name="verb">The verb.</param>
    public static IEnumerable<Parameter> Of(Verb verb)
    {
        if (verb.Effect == VerbEffect.Changes)
            yield return Yes;
        if (verb.HasDryRun)
            yield return DryRun;
        yield return Json;
        yield return Timeout;
        yield return Config;
    }
}
