using System.Globalization;
using System.Text.RegularExpressions;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats.Sqitch;

/// <summary>Reads a plan file: pragmas, then a line for each change or tag.</summary>
/// <remarks>
/// Source: App::Sqitch::Plan of Sqitch 1.3, <c>_parse</c>. One thing is taken more easily: pgpm writes no blank line between pragmas and changes.
/// </remarks>
internal sealed partial class SqitchPlanReader
{
    private readonly string file;
    private readonly Dictionary<string, string> pragmas = new(StringComparer.Ordinal);
    private readonly List<Draft> changes = [];
    private readonly Dictionary<string, int> tagLines = new(StringComparer.Ordinal);
    private int number;

    private SqitchPlanReader(string file) => this.file = file;

    /// <summary>Reads a plan.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="file">Its path as a user would type it.</param>
    /// <exception cref="LockkeeperException">A line is not as Sqitch wants it; the error names it.</exception>
    public static SqitchPlan Read(string text, string file)
    {
        var reader = new SqitchPlanReader(file);
        foreach (var line in text.Split('\n'))
        {
            reader.number++;
            reader.Line(line);
        }

        return reader.Plan();
    }

    private void Line(string line)
    {
        var comment = line.IndexOf('#', StringComparison.Ordinal);
        var content = (comment < 0 ? line : line[..comment]).TrimEnd(' ', '\t');
        var note = comment < 0 ? "" : Unescape(line[(comment + 1)..].Trim());
        if (content.Trim(' ', '\t').Length == 0)
            return;
        if (content.TrimStart(' ', '\t')[0] == '%' && changes.Count == 0)
            Pragma(content);
        else if (!pragmas.ContainsKey("project"))
            throw Wrong("the plan has no %project before its first change", "Write %project=NAME at the top, and a blank line after the pragmas.");
        else
            Entry(content, note);
    }

    private void Pragma(string content)
    {
        var match = PragmaLine().Match(content);
        if (!match.Success)
            throw Wrong("this is not a pragma", "Pragmas are %syntax-version=1.0.0, %project=NAME and %uri=URI.");
        var (name, value) = (match.Groups["name"].Value, match.Groups["value"].Success ? match.Groups["value"].Value : "1");
        if (name == "project" && !Name().IsMatch(value))
            throw Wrong($"'{value}' is no name for a project", NameHint);
        pragmas[name] = value;
    }

    private void Entry(string content, string note)
    {
        var match = EntryLine().Match(content);
        if (!match.Success)
        {
            throw Stamp().IsMatch(content)
                ? Wrong("this is neither a change nor a tag of a Sqitch plan", "Write: NAME [REQUIRED !CONFLICTING] 2024-01-31T12:00:00Z Planner Name <email> # note.")
                : Wrong("the line has no timestamp and planner", "Write both behind the name: 2024-01-31T12:00:00Z Planner Name <email>.");
        }

        var name = match.Groups["name"].Value;
        if (name is "ROOT" or "HEAD")
            throw Wrong($"'{name}' is a reserved name", "Choose another name.");
        if (Sha().IsMatch(name))
            throw Wrong($"'{name}' could be taken for a change_id", "Choose another name.");
        if (match.Groups["operator"].Value == "-")
            throw Wrong("a change that is planned to be reverted ('-') is not known to Sqitch 1.x", "Remove the line, or the '-'.");
        if (!DateTime.TryParseExact(match.Groups["at"].Value, "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
            throw Wrong($"{match.Groups["at"].Value} is no time", "Write it as 2024-01-31T12:00:00Z, in UTC.");
        var planner = new SqitchPlanner(match.Groups["planner"].Value, match.Groups["email"].Value, match.Groups["at"].Value);
        if (match.Groups["operator"].Value == "@")
            Tag(name, note, planner, match.Groups["dependencies"].Success);
        else
            Change(name, note, planner, Dependencies(match.Groups["dependencies"]));
    }

    private void Change(string name, string note, SqitchPlanner planner, List<SqitchDependency> dependencies)
    {
        // The tags since the change of this name that it reworks; without one it is the same change twice.
        var twin = changes.FindLastIndex(change => change.Name == name);
        var between = twin < 0 ? [] : changes.Skip(twin).Reverse().SelectMany(change => change.Tags.Select(tag => tag.Name)).ToList();
        if (twin >= 0 && between.Count == 0)
            throw Wrong($"the change '{name}' stands in line {changes[twin].At.Line} already", "A change may come again after a tag ('sqitch rework'); otherwise give it another name.");
        if (twin >= 0)
            changes[twin].ReworkTags.AddRange(between);
        var sinceTag = changes.LastOrDefault(change => change.Tags.Count > 0)?.Tags[^1].Name;
        changes.Add(new Draft(name, twin < 0 ? name : SqitchChange.ReworkedKey(name, sinceTag), note, planner, dependencies, Here()));
    }

    private void Tag(string name, string note, SqitchPlanner planner, bool hasDependencies)
    {
        if (name.Contains('/', StringComparison.Ordinal))
            throw Wrong($"the tag '@{name}' holds a '/'", "Choose another name for the tag.");
        if (changes.Count == 0)
            throw Wrong($"the tag '@{name}' stands before the first change", "A tag belongs to the change before it.");
        if (hasDependencies)
            throw Wrong("a tag has no dependencies", "Write them on a change.");
        if (!tagLines.TryAdd(name, number))
            throw Wrong($"the tag '@{name}' stands in line {tagLines[name]} already", "Choose another name for the tag.");
        changes[^1].Tags.Add((name, note, planner));
    }

    private List<SqitchDependency> Dependencies(Group group)
    {
        var found = new List<SqitchDependency>();
        foreach (var word in Word().Matches(group.Value).Cast<Match>())
        {
            var at = Here() with { Column = group.Index + word.Index + 1 };
            var match = DependencyWord().Match(word.Value);
            if (!match.Success)
                throw Wrong($"'{word.Value}' is not a dependency", "Write change, change@tag, @tag or project:change, with ! before a conflict.", at);
            var project = Text(match, "project");
            var dependency = new SqitchDependency(
                match.Groups["conflicts"].Length > 0, project == pragmas["project"] ? null : project, Text(match, "change"), Text(match, "tag"), Text(match, "id"), at);
            if (found.Any(known => known with { At = at } == dependency))
                throw Wrong($"the dependency '{word.Value}' stands twice", "Remove one of them.", at);
            found.Add(dependency);
        }

        return found;

        static string? Text(Match match, string part) => match.Groups[part].Success ? match.Groups[part].Value : null;
    }

    private SqitchPlan Plan()
    {
        if (!pragmas.TryGetValue("project", out var project))
            throw new LockkeeperException(MigrateErrors.BadPlan, $"{file} has no %project", "Write %project=NAME at the top.", new SourcePosition(file, 1, 1));
        var uri = pragmas.GetValueOrDefault("uri");
        var done = new List<SqitchChange>();
        foreach (var draft in changes)
        {
            var id = SqitchIds.OfChange(project, uri, draft.Name, done.Count == 0 ? null : done[^1].ChangeId, draft.Planner, draft.Dependencies, draft.Note);
            done.Add(new SqitchChange
            {
                Project = project, ProjectUri = uri, Name = draft.Name, ChangeId = id, Key = draft.Key, Note = draft.Note, Planner = draft.Planner,
                Dependencies = [.. draft.Dependencies.Select(dependency => Resolved(dependency, done))],
                Tags = [.. draft.Tags.Select(tag => new SqitchTag(tag.Name, SqitchIds.OfTag(project, uri, tag.Name, id, tag.Planner, tag.Note), tag.Note, tag.Planner))],
                ReworkTags = draft.ReworkTags, At = draft.At,
            });
        }

        return new SqitchPlan(project, uri, done);
    }

    private static SqitchDependency Resolved(SqitchDependency dependency, List<SqitchChange> before) =>
        dependency.Project is null && dependency.IndexIn(before) is var index and >= 0 ? dependency with { ResolvedId = before[index].ChangeId } : dependency;

    private static string Unescape(string note) => NoteEscape().Replace(note, match => match.Value switch { @"\n" => "\n", @"\r" => "\r", _ => @"\" });

    private SourcePosition Here() => new(file, number, 1);

    private LockkeeperException Wrong(string message, string hint, SourcePosition? at = null) => new(MigrateErrors.BadPlan, message, hint, at ?? Here());

    private const string NameHint = "A name begins and ends with a letter, digit or '_', and holds no blank, '@', ':', '#' or '\\'.";

    // Copied from App::Sqitch::Plan: [:punct:] without the underscore, and the rule for names.
    private const string Punctuation = @"[-!""#$%&'()*+,./:;<=>?@[\\\]^`{|}~]";
    private const string NamePattern = $@"(?!{Punctuation})(?:(?![~/=%^][0-9]+(?:$|[ \t]))[^ \t:@\#\\])+(?<!{Punctuation})\b";

    [GeneratedRegex($@"\A{NamePattern}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Name();

    [GeneratedRegex(@"\A[ \t]*%[ \t]*(?<name>[^ \t=]+)(?:[ \t]*=[ \t]*(?<value>.+))?\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex PragmaLine();

    [GeneratedRegex(
        $@"^[ \t]*(?<operator>[@+-]?)[ \t]*(?<name>{NamePattern})[ \t]*(?:\[(?<dependencies>[^\]]+)\][ \t]*)?(?<at>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}Z)[ \t]*(?<planner>[^<]+)[ \t]+<(?<email>[^>]+)>$",
        RegexOptions.CultureInvariant, 1000)]
    private static partial Regex EntryLine();

    [GeneratedRegex(@"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z[ \t]*[^<]+<[^>]+>", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Stamp();

    [GeneratedRegex(
        $@"\A(?<conflicts>!?)(?:(?<project>{NamePattern}):)?(?:(?<id>[0-9a-f]{{40}})|(?<change>{NamePattern})(?:@(?<tag>{NamePattern}))?|@(?<tag>{NamePattern}))\z",
        RegexOptions.CultureInvariant, 1000)]
    private static partial Regex DependencyWord();

    [GeneratedRegex(@"[^ \t]+", RegexOptions.None, 1000)]
    private static partial Regex Word();

    [GeneratedRegex("^[0-9a-f]{40}", RegexOptions.None, 1000)]
    private static partial Regex Sha();

    [GeneratedRegex(@"\\[\\nr]", RegexOptions.None, 1000)]
    private static partial Regex NoteEscape();

    private sealed record Draft(string Name, string Key, string Note, SqitchPlanner Planner, List<SqitchDependency> Dependencies, SourcePosition At)
    {
        public List<(string Name, string Note, SqitchPlanner Planner)> Tags { get; } = [];

        public List<string> ReworkTags { get; } = [];
    }
}
