using System.Text.RegularExpressions;
using Xunit;

namespace Lockkeeper.Tests.Unit.Architecture;

/// <summary>How sources are named, placed and sized, so that a stranger guesses the file from the question.</summary>
public sealed partial class SourceTests
{
    private const int MostLines = 400;

    [Fact]
    public void no_source_is_too_long_to_read_at_once() =>
        Violations.None(
            Repo.Sources("src").Select(path => (path, lines: Repo.Lines(path).Length)).Where(file => file.lines > MostLines).Select(file => $"{file.path} has {file.lines} lines"),
            $"Split the file by type or by what it answers, not into partials. Typical are 40 to 120 lines, {MostLines} are the end.");

    [Fact]
    public void no_name_says_nothing() =>
        Violations.None(
            Repo.Sources("src").Concat(Repo.Sources("tests")).SelectMany(path => NamesOf(path).Where(name => EmptyName().IsMatch(name)).Select(name => $"{path}: {name}")),
            "Name the type or folder after what it does or holds: a reader who looks for something does not look under Utils, Helpers, Common, Misc, Manager or Base.");

    [Fact]
    public void a_namespace_is_its_folder() =>
        Violations.None(
            Repo.Sources("src").SelectMany(path => Wrong(path, "Lockkeeper." + FolderOf(path, "src/")))
                .Concat(Repo.Sources("tests").SelectMany(path => Wrong(path, "Lockkeeper.Tests." + FolderOf(path, "tests/")))),
            "Move the file or change its namespace: a folder under src is the namespace Lockkeeper.<Folder>, one under tests Lockkeeper.Tests.<Folder>.");

    [Fact]
    public void nothing_is_left_for_later() =>
        Violations.None(
            Repo.Sources("src").Concat(Repo.Sources("tests")).Where(path => !path.StartsWith("tests/Unit/Architecture/", StringComparison.Ordinal))
                .SelectMany(path => Repo.Lines(path).Select((line, index) => (line, at: $"{path}:{index + 1}")))
                .Where(row => ForLater().IsMatch(row.line))
                .Select(row => $"{row.at}: {row.line.Trim()}"),
            "Do it now, or leave it out and say in docs what does not work yet.");

    [Fact]
    public void unit_tests_mirror_the_sources() =>
        Violations.None(
            Repo.Sources("tests/Unit")
                .Where(path => path.EndsWith("Tests.cs", StringComparison.Ordinal) && !path.StartsWith("tests/Unit/Architecture/", StringComparison.Ordinal))
                .Select(path => (path, subject: Path.GetDirectoryName(path["tests/Unit/".Length..])!.Replace('\\', '/')))
                .Where(test => !Repo.HasFolder("src/" + test.subject) && test.subject != "TestKit")
                .Select(test => $"{test.path}: there is no folder src/{test.subject}"),
            "Put the test where its subject is: src/Kernel/Config/Durations.cs is tested by tests/Unit/Kernel/Config/DurationsTests.cs.");

    private static IEnumerable<string> NamesOf(string path) =>
        TypeName().Matches(Repo.Read(path)).Select(match => match.Groups["name"].Value)
            .Concat(Path.GetDirectoryName(path)!.Split('/', '\\'))
            .Append(Path.GetFileNameWithoutExtension(path))
            .Distinct();

    private static string FolderOf(string path, string below)
    {
        var folder = Path.GetDirectoryName(path[below.Length..])!.Replace('\\', '/');
        return folder.Replace('/', '.');
    }

    // A file without a namespace holds top-level statements or attributes of the assembly.
    private static IEnumerable<string> Wrong(string path, string expected)
    {
        var match = Namespace().Match(Repo.Read(path));
        if (match.Success && match.Groups["name"].Value != expected)
            yield return $"{path} is in {match.Groups["name"].Value}, expected {expected}";
    }

    [GeneratedRegex(@"^namespace (?<name>[\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"\b(?:class|record|struct|interface|enum) (?:class |struct )?(?<name>[A-Z]\w+)")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"(?:Utils?|Utility|Utilities|Helpers?|Common|Misc|Manager|Base)$")]
    private static partial Regex EmptyName();

    [GeneratedRegex(@"\b(?:TODO|FIXME|HACK|XXX)\b|NotImplementedException")]
    private static partial Regex ForLater();
}
