namespace Lockkeeper.Kernel.Verbs;

/// <summary>A parameter in words, for the help and the reference.</summary>
public static class ParameterText
{
    /// <summary>How it is typed: <c>--env NAME</c>, <c>--yes</c>, <c>VERSION</c>.</summary>
    /// <param name="parameter">The parameter.</param>
    public static string Term(Parameter parameter) => parameter switch
    {
        { Positional: true } => ValueName(parameter),
        { Kind: ParameterKind.Flag } => $"--{parameter.Name}",
        _ => $"--{parameter.Name} {ValueName(parameter)}",
    };

    /// <summary>What it does, with its choices, its default and whether it is required.</summary>
    /// <param name="parameter">The parameter.</param>
    public static string Explanation(Parameter parameter)
    {
        var text = parameter.Help;
        if (parameter.Choices.Count > 0)
            text += $": {string.Join(", ", parameter.Choices)}";
        if (parameter.Required)
            text += " (required)";
        if (parameter.Default is not null)
            text += $" (default: {parameter.Default})";
        return text;
    }

    private static string ValueName(Parameter parameter) => parameter.ValueName ?? (parameter.Positional ? parameter.Name.ToUpperInvariant() : parameter.Kind switch
    {
        ParameterKind.Integer => "N",
        ParameterKind.Duration => "TIME",
        ParameterKind.Choice => "WORD",
        _ => "TEXT",
    });
}
