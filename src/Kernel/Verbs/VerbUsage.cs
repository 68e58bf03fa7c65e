namespace Lockkeeper.Kernel.Verbs;

/// <summary>How a verb is called, on one line.</summary>
public static class VerbUsage
{
    /// <summary>For example <c>lk migrate apply --env NAME [options]</c>.</summary>
    /// <param name="verb">The verb.</param>
    public static string Of(Verb verb)
    {
        var words = new List<string> { "lk", verb.Path };
        foreach (var parameter in verb.Parameters.OrderByDescending(parameter => parameter.Positional))
        {
            if (parameter.Required)
                words.Add(ParameterText.Term(parameter));
            else if (parameter.Positional)
                words.Add($"[{ParameterText.Term(parameter)}]");
        }

        words.Add("[options]");
        return string.Join(' ', words);
    }
}
