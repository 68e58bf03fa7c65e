// Runs lk and squawk over the same files and shows where they agree. bench/lint-agreement calls it.
using System.Globalization;
using System.Text;
using Lockkeeper.LintAgreement;

if (args is not [var lk, var countText, var examplesText])
{
    Console.Error.WriteLine("Usage: Lockkeeper.LintAgreement LK COUNT EXAMPLES");
    return 2;
}

var (count, examples) = (int.Parse(countText, CultureInfo.InvariantCulture), int.Parse(examplesText, CultureInfo.InvariantCulture));
var folder = Directory.CreateTempSubdirectory("lk-agree-").FullName;
try
{
    const string BaseFile = "generated/0000_base.sql";
    Write("generated", [("base.sql", GeneratedDdl.Base(count)), .. Enumerable.Range(1, count).Select(n => ("step.sql", GeneratedDdl.Migration(n)))]);
    foreach (var (name, files) in RealSeries.All)
        Write(name, files.Select(file => (Path.GetFileName(file), File.ReadAllText(file).Replace(":GRAPHILE_WORKER_SCHEMA", "graphile_worker", StringComparison.Ordinal))));
    var names = Directory.GetDirectories(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal).ToList();
    var rules = await Linters.RulesAsync(lk, Configure([], []));
    Configure(names, rules.Where(rule => rule.Set == "optional").Select(rule => rule.Rule));

    var (ours, theirs) = (await Linters.LkAsync(lk, folder), await Linters.SquawkAsync(folder, names));
    var places = new StatementPlaces(folder);
    foreach (var isGenerated in new[] { true, false })
    {
        var files = Directory.GetFiles(folder, "*.sql", SearchOption.AllDirectories).Count(file => IsIn(Path.GetRelativePath(folder, file)));
        Console.WriteLine($"\n## {(isGenerated ? "Generated" : "Packaged")}: {files} files\n");
        Print(Comparison.Of([.. ours.Where(one => IsIn(one.File))], [.. theirs.Where(one => IsIn(one.File))], rules, places));

        bool IsIn(string file) => file != BaseFile && file.StartsWith("generated/", StringComparison.Ordinal) == isGenerated;
    }
}
finally
{
    Directory.Delete(folder, recursive: true);
}

return 0;

// Puts texts into a folder of the run as one series.
void Write(string name, IEnumerable<(string Name, string Text)> texts)
{
    Directory.CreateDirectory(Path.Combine(folder, name));
    foreach (var (index, (file, text)) in texts.Index())
        File.WriteAllText(Path.Combine(folder, name, $"{index:0000}_{file}"), text);
}

// Writes a project with a database for each series and every rule on.
string Configure(IReadOnlyList<string> databases, IEnumerable<string> optional)
{
    var text = new StringBuilder("project: agreement\ndatabases:\n");
    foreach (var name in databases.DefaultIfEmpty("none"))
        text.Append(CultureInfo.InvariantCulture, $"  {name}: {{ engine: postgres, migrations: {name}, format: plain }}\n");
    text.Append(CultureInfo.InvariantCulture, $"environments:\n  - name: dev\n    targets: {{ {databases.FirstOrDefault() ?? "none"}: postgres://localhost/none }}\n");
    text.Append("policy:\n  extends: strict\n  rules:\n    table-without-primary-key: warning\n");
    foreach (var rule in optional)
        text.Append(CultureInfo.InvariantCulture, $"    {rule}: warning\n");
    File.WriteAllText(Path.Combine(folder, "lockkeeper.yaml"), text.ToString());
    return folder;
}

void Print(IReadOnlyList<Agreement> found)
{
    Console.WriteLine("| squawk's rule | both | only lk | only squawk |\n|---|---|---|---|");
    foreach (var rule in found)
        Console.WriteLine($"| {rule.Rule} | {rule.Both.Count} | {rule.OnlyLk.Count} | {rule.OnlySquawk.Count} |");
    Console.WriteLine($"| all | {found.Sum(rule => rule.Both.Count)} | {found.Sum(rule => rule.OnlyLk.Count)} | {found.Sum(rule => rule.OnlySquawk.Count)} |");
    foreach (var rule in found)
    {
        foreach (var (words, places) in new[] { ("only lk", rule.OnlyLk), ("only squawk", rule.OnlySquawk) })
        {
            foreach (var place in Spread(places))
                Console.WriteLine($"{words}: {rule.Rule}{(place.Rules.Count > 0 ? $" ({string.Join(", ", place.Rules)})" : "")}: {place.File}:{place.Line}: {Short(place.Statement)}");
        }
    }
}

// A few of many, from all over them.
IEnumerable<Place> Spread(List<Place> places) => Enumerable.Range(0, Math.Min(examples, places.Count)).Select(n => places[(int)((long)n * places.Count / Math.Min(examples, places.Count))]);

static string Short(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)) is { Length: > 160 } joined ? joined[..160] + "…" : string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
