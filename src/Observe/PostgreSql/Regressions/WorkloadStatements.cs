using Lockkeeper.Observe.Regressions;

namespace Lockkeeper.Observe.PostgreSql.Regressions;

/// <summary>Reads what a statement of the workload does from its text.</summary>
internal static class WorkloadStatements
{
    private static readonly string[] writing = ["insert", "update", "delete", "merge", "copy"];

    /// <summary>The words of a text that may be names: a parser would know more of SELECT and as much of what is asked here, and constants are left out of these texts already.</summary>
    public static StatementShape Shape(string text)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var at = 0;
        while (at < text.Length)
        {
            if (text[at] == '"' && text.IndexOf('"', at + 1) is > 0 and var end)
            {
                names.Add(text[(at + 1)..end]);
                at = end + 1;
            }
            else if (char.IsLetter(text[at]) || text[at] == '_')
            {
                var begin = at;
                while (at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] is '_' or '$'))
                    at++;
                names.Add(text[begin..at]);
            }
            else
            {
                at++;
            }
        }

        return new StatementShape(writing.Any(names.Contains), names);
    }
}
