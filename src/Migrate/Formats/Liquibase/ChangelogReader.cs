using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats.Liquibase;

/// <summary>Reads a changelog with all that it includes into changesets, in order.</summary>
/// <param name="folder">The folder.</param>
/// <param name="choice">What is meant for this database.</param>
internal sealed class ChangelogReader(SeriesFolder folder, ChangelogChoice choice)
{
    private static readonly string[] Endings = [".xml", ".yaml", ".yml", ".json", ".sql"];

    private readonly ChangelogProperties properties = new(folder.Choices.Placeholders);
    private readonly List<Changeset> changesets = [];
    private readonly List<ChangelogFile> open = [];
    private string rootPath = "";

    public IReadOnlyList<Changeset> Read()
    {
        var root = RootChangelog.Find(folder) ?? throw ChangelogFile.Wrong(
            $"{folder.Shown} holds no changelog of Liquibase", "Name the root changelog as the migrations of the database in lockkeeper.yaml.", new(folder.Shown, 1, 1));
        if (root.IsFolder)
        {
            if (!root.File.EndsWith(".sql", StringComparison.OrdinalIgnoreCase))
            {
                throw ChangelogFile.Wrong(
                    $"{folder.Shown} holds several changelogs and none with a usual name such as db.changelog-master.xml",
                    "Name the root changelog as the migrations of the database in lockkeeper.yaml.", new(folder.Show(root.File), 1, 1));
            }

            foreach (var file in folder.Files)
                ReadFile(new ChangelogFile(file, ChangelogPaths.Join(folder.Choices.ChangelogRoot, file), folder.Show(file)), ChangelogScope.Root, null);
            return changesets;
        }

        rootPath = folder.Choices.ChangelogRoot.Length > 0 ? ChangelogPaths.Normalize(folder.Choices.ChangelogRoot) : RootPath.Find(folder, root.File);
        ReadFile(new ChangelogFile(root.File, ChangelogPaths.Join(rootPath, root.File), folder.Show(root.File)), ChangelogScope.Root, null);
        return changesets;
    }

    private void ReadFile(ChangelogFile file, ChangelogScope scope, SourcePosition? includedAt)
    {
        if (open.FindIndex(other => other.File == file.File) is var again and >= 0)
        {
            throw ChangelogFile.Wrong(
                $"the changelog includes itself: {string.Join(" includes ", open.Skip(again).Append(file).Select(part => part.File))}", "Take one of the includes out.", includedAt ?? file.At(1));
        }

        open.Add(file);
        var text = MigrationScript.ReadText(folder.FullPath(file.File), file.Shown);
        if (file.File.EndsWith(".sql", StringComparison.OrdinalIgnoreCase))
            Add(FormattedSqlLine.IsHeader(text) ? new FormattedSqlReader(file, properties, choice).Read(text) : [Plain(file, text)], scope);
        else if (Endings.Contains(Path.GetExtension(file.File).ToLowerInvariant()))
            ReadNodes(file, text, scope);
        else
            throw ChangelogFile.NotCovered($"a changelog in a {Path.GetExtension(file.File)} file", "XML, YAML, JSON and SQL are read.", includedAt ?? file.At(1));
        open.RemoveAt(open.Count - 1);
    }

    private void ReadNodes(ChangelogFile file, string text, ChangelogScope scope)
    {
        var root = file.File.EndsWith(".xml", StringComparison.OrdinalIgnoreCase) ? XmlChangelog.Read(text, file) : YamlChangelog.Read(text, file);
        if (root.Name != "databaseChangeLog")
            throw ChangelogFile.Wrong($"the changelog starts with '{root.Name}'", "It must start with databaseChangeLog.", root.At);
        string Expand(string value) => properties.Expand(value, file.File);
        var head = new ChangeFields(root, Expand);
        head.Pass("changeLogId", "include", "includeAll", "changeSet", "property", "preConditions");
        var logical = head.Text("logicalFilePath");
        var reader = new ChangesetReader(logical.Length > 0 ? ChangelogPaths.Normalize(logical) : file.Path, head.Text("objectQuotingStrategy"), new ChangelogFiles(folder, rootPath, file, Expand), Expand, choice, changesets);
        var context = head.Text("contextFilter") is { Length: > 0 } filter ? filter : head.Text("context");
        head.Close();
        if (root.Children.FirstOrDefault(child => child.Name == "preConditions") is { } preconditions)
            scope = scope with { Preconditions = [.. scope.Preconditions, PreconditionReader.Read(preconditions, file.Path, Expand)] };
        scope = scope.With(context, "", false);
        foreach (var node in root.Children)
        {
            switch (node.Name)
            {
                case "property": Declare(node, file, Expand); break;
                case "changeSet": Add([reader.Read(node)], scope); break;
                case "include": Include(node, file, scope, Expand); break;
                case "includeAll": IncludeAll(node, file, scope, Expand); break;
            }
        }
    }

    private void Declare(ChangeNode node, ChangelogFile file, Func<string, string> expand)
    {
        var fields = new ChangeFields(node, expand);
        var isMeant = ChangelogChoice.IsForServer(fields.Text("dbms")) && choice.HoldsContext(fields.Text("contextFilter") is { Length: > 0 } filter ? filter : fields.Text("context")) && choice.HoldsLabels(fields.Text("labels"));
        var scope = fields.Flag("global", true) ? null : file.File;
        if (fields["file"] is { Length: > 0 })
        {
            var isOptional = !fields.Flag("errorIfMissing", true);
            var files = new ChangelogFiles(folder, rootPath, file, expand);
            if (isOptional && !folder.Has(files.Place(fields.Required("file"), fields.Flag("relativeToChangelogFile"), fields.PlaceOf("file")).File))
            {
                fields.Pass("encoding");
                fields.Close();
                return;
            }

            var lines = files.File(fields, "file").Raw.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] is not ('#' or '!'));
            foreach (var line in lines.Where(_ => isMeant))
            {
                if (line.IndexOfAny(['=', ':']) is var at and > 0)
                    properties.Declare(line[..at].Trim(), line[(at + 1)..].Trim(), scope);
            }
        }
        else if (isMeant)
        {
            properties.Declare(fields.Required("name"), fields.Text("value"), scope);
        }

        fields.Pass("name", "value");
        fields.Close();
    }

    private void Include(ChangeNode node, ChangelogFile file, ChangelogScope scope, Func<string, string> expand)
    {
        var fields = new ChangeFields(node, expand);
        var inner = Inner(fields, scope);
        var (name, relative, at) = (fields.Required("file"), fields.Flag("relativeToChangelogFile"), fields.PlaceOf("file"));
        var isOptional = !fields.Flag("errorIfMissing", true);
        fields.Close();
        var files = new ChangelogFiles(folder, rootPath, file, expand);
        if (isOptional && !folder.Has(files.Place(name, relative, at).File))
            return;
        ReadFile(files.Resolve(name, relative, at), inner, at);
    }

    private void IncludeAll(ChangeNode node, ChangelogFile file, ChangelogScope scope, Func<string, string> expand)
    {
        var fields = new ChangeFields(node, expand);
        var inner = Inner(fields, scope);
        var at = fields.PlaceOf("path");
        var name = fields.Required("path");
        var place = new ChangelogFiles(folder, rootPath, file, expand).Place(name.TrimEnd('/'), fields.Flag("relativeToChangelogFile"), at);
        var (least, most, ending, mayBeEmpty) = (Number(fields, "minDepth", 0), Number(fields, "maxDepth", int.MaxValue), fields.Text("endsWithFilter"), !fields.Flag("errorIfMissingOrEmpty", true));
        fields.Close();
        var directory = folder.FullPath(place.File);
        var found = Directory.Exists(directory)
            ? Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(directory, path).Replace('\\', '/'))
                .Where(path => Endings.Contains(Path.GetExtension(path).ToLowerInvariant()) && path.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
                .Where(path => path.Count(c => c == '/') + 1 >= least && path.Count(c => c == '/') + 1 <= most)
                .Order(StringComparer.Ordinal).ToList()
            : [];
        if (found.Count == 0 && !mayBeEmpty)
            throw ChangelogFile.Wrong($"{name} holds no changelogs", $"It was looked for as {place.Shown}. Correct the path, or set errorIfMissingOrEmpty to false.", at);
        foreach (var path in found)
        {
            var below = ChangelogPaths.Join(place.File, path);
            ReadFile(new ChangelogFile(below, ChangelogPaths.Join(place.Path, path), folder.Show(below)), inner, at);
        }
    }

    private static ChangelogScope Inner(ChangeFields fields, ChangelogScope scope) =>
        scope.With(fields.Text("contextFilter") is { Length: > 0 } filter ? filter : fields.Text("context"), fields.Text("labels"), fields.Flag("ignore"));

    private static int Number(ChangeFields fields, string name, int without) => fields.Text(name) is not { Length: > 0 } text ? without
        : int.TryParse(text, out var number) ? number : throw ChangelogFile.Wrong($"{name} is no number but '{text}'", "Write a whole number.", fields.PlaceOf(name));

    private void Add(IEnumerable<Changeset> found, ChangelogScope scope) => changesets.AddRange(found.Select(changeset => changeset with
    {
        Contexts = [.. scope.Contexts, .. changeset.Contexts],
        Labels = [.. scope.Labels, .. changeset.Labels],
        Ignore = changeset.Ignore || scope.Ignore,
        ChangelogPreconditions = scope.Preconditions,
    }));

    /// <summary>A file of SQL without any changeset is one changeset, as Liquibase's SqlChangeLogParser makes of it.</summary>
    private Changeset Plain(ChangelogFile file, string text) => new()
    {
        Path = file.Path,
        Id = "raw",
        Author = "includeAll",
        At = file.At(1),
        Changes = [new RawSql(StripComments: false, SplitStatements: false).Change("sql", properties.Expand(text, file.File), file.At(1))],
    };
}
