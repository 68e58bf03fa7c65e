using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Kernel.Verbs;

/// <summary>One call of a verb: the values given, already checked against the declaration, and the surroundings.</summary>
public sealed class VerbCall
{
    private readonly IReadOnlyDictionary<string, string> values;

    /// <summary>Creates a call. A face has parsed the values; this is the one place where they are checked and read.</summary>
    /// <param name="verb">The verb.</param>
    /// <param name="values">Values by parameter name as text; a flag that is set has the value <c>true</c>.</param>
    /// <param name="workspace">The surroundings.</param>
    public VerbCall(Verb verb, IReadOnlyDictionary<string, string> values, Workspace workspace)
    {
        Verb = verb;
        this.values = values;
        Workspace = workspace;
        foreach (var name in values.Keys)
            CheckName(name);
        foreach (var parameter in verb.AllParameters)
            Check(parameter);
    }

    /// <summary>The verb.</summary>
    public Verb Verb { get; }

    /// <summary>The surroundings.</summary>
    public Workspace Workspace { get; }

    /// <summary>Whether <c>--yes</c> was given.</summary>
    public bool Yes => Flag(StandardParameters.Yes);

    /// <summary>Whether <c>--dry-run</c> was given.</summary>
    public bool DryRun => Flag(StandardParameters.DryRun);

    /// <summary>Whether a flag was given.</summary>
    /// <param name="parameter">The flag.</param>
    public bool Flag(Parameter parameter) => values.TryGetValue(parameter.Name, out var text) && text == "true";

    /// <summary>The text given, the default, or null.</summary>
    /// <param name="parameter">The parameter.</param>
    public string? Text(Parameter parameter) => values.GetValueOrDefault(parameter.Name) ?? parameter.Default;

    /// <summary>The text of a required parameter.</summary>
    /// <param name="parameter">The parameter; it is required or has a default.</param>
    public string Required(Parameter parameter) => Text(parameter) ?? throw Missing(parameter);

    /// <summary>The whole number given, the default, or null.</summary>
    /// <param name="parameter">The parameter.</param>
    public long? Integer(Parameter parameter) => Text(parameter) is { } text ? ParseInteger(parameter, text) : null;

    /// <summary>The time span given, the default, or null.</summary>
    /// <param name="parameter">The parameter.</param>
    public TimeSpan? Duration(Parameter parameter) => Text(parameter) is { } text ? ParseDuration(parameter, text) : null;

    private void CheckName(string name)
    {
        if (Verb.AllParameters.Any(parameter => parameter.Name == name))
            return;
        var nearest = NearestName.Of(name, Verb.AllParameters.Select(parameter => parameter.Name));
        throw new LockkeeperException(
            KernelErrors.WrongUse, $"'{Verb.Path}' has no parameter '{name}'",
            nearest is null ? $"Run 'lk {Verb.Path} --help' for its parameters." : $"Did you mean '{nearest}'?");
    }

    private void Check(Parameter parameter)
    {
        var text = Text(parameter);
        if (text is null)
        {
            if (parameter.Required)
                throw Missing(parameter);
            return;
        }

        switch (parameter.Kind)
        {
            case ParameterKind.Flag when text is not ("true" or "false"): throw Wrong(parameter, text, "Give true or false.");
            case ParameterKind.Integer: ParseInteger(parameter, text); break;
            case ParameterKind.Duration: ParseDuration(parameter, text); break;
            case ParameterKind.Choice when !parameter.Choices.Contains(text, StringComparer.Ordinal):
                throw Wrong(parameter, text, $"Choose one of: {string.Join(", ", parameter.Choices)}.");
        }
    }

    private long ParseInteger(Parameter parameter, string text) =>
        long.TryParse(text, out var number) ? number : throw Wrong(parameter, text, "Give a whole number.");

    private TimeSpan ParseDuration(Parameter parameter, string text) =>
        Durations.TryParse(text, out var span) ? span : throw Wrong(parameter, text, "Give a number with a unit: 500ms, 30s, 10m, 2h or 1d.");

    private LockkeeperException Missing(Parameter parameter) =>
        new(KernelErrors.WrongUse, $"'{Verb.Path}' needs {Spell(parameter)}", $"Run 'lk {Verb.Path} --help' for its parameters.");

    private LockkeeperException Wrong(Parameter parameter, string text, string hint) =>
        new(KernelErrors.WrongUse, $"'{text}' is not a valid value for {Spell(parameter)}", hint);

    private static string Spell(Parameter parameter) => parameter.Positional ? parameter.ValueName ?? parameter.Name.ToUpperInvariant() : $"--{parameter.Name}";
}
