using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats.Liquibase;

/// <summary>Finds and reads the files that a changelog names; none outside of the migrations folder.</summary>
/// <param name="folder">The folder.</param>
/// <param name="root">The path of the folder as the changelogs write it, such as <c>db/changelog</c>; empty when they do not.</param>
/// <param name="current">The file that names them.</param>
/// <param name="expand">Replaces its properties.</param>
internal sealed class ChangelogFiles(SeriesFolder folder, string root, ChangelogFile current, Func<string, string> expand)
{
    /// <summary>A file by the name that a changelog gives it.</summary>
    /// <param name="name">The name.</param>
    /// <param name="isRelative">Whether it counts from the changelog's own folder.</param>
    /// <param name="at">Where it is named.</param>
    public ChangelogFile Resolve(string name, bool isRelative, SourcePosition at)
    {
        var file = Place(name, isRelative, at);
        return folder.Has(file.File) ? file : throw ChangelogFile.Wrong($"{name} is not there", $"It was looked for as {file.Shown}. Put it there, or correct the name.", at);
    }

    /// <summary>A folder or file by its name, whether it is there or not.</summary>
    public ChangelogFile Place(string name, bool isRelative, SourcePosition at)
    {
        var normal = ChangelogPaths.Normalize(name);
        if (isRelative)
            return Inside(ChangelogPaths.Join(ChangelogPaths.FolderOf(current.File), name), ChangelogPaths.Join(ChangelogPaths.FolderOf(current.Path), name), name, at);
        return root.Length > 0 && (normal + "/").StartsWith(root + "/", StringComparison.Ordinal)
            ? Inside(normal.Length == root.Length ? "" : normal[(root.Length + 1)..], normal, name, at)
            : Inside(normal, normal, name, at);
    }

    /// <summary>The text that an element holds, or the one of the file that it names.</summary>
    public NodeValue TextOf(ChangeFields fields, string attribute, string pathAttribute)
    {
        fields.Pass("relativeToChangelogFile", "encoding");
        if (fields[pathAttribute] is { Length: > 0 })
            return File(fields, pathAttribute).Text;
        return fields.Body(attribute) ?? throw ChangelogFile.Wrong($"{fields.Name} holds no SQL", "Write it in the element, or name a file by path.", fields.At);
    }

    /// <summary>The text of a file that an element names: with properties replaced, and as it is.</summary>
    public (NodeValue Text, string Raw) File(ChangeFields fields, string attribute)
    {
        var file = Resolve(fields.Required(attribute), fields.Flag("relativeToChangelogFile"), fields.PlaceOf(attribute));
        var raw = MigrationScript.ReadText(folder.FullPath(file.File), file.Shown);
        // ASCII is the same in every encoding that a changelog may name.
        fields.Refuse("encoding", $"Save {file.Shown} as UTF-8, and take the attribute out.", value => raw.All(char.IsAscii) || value.Replace("-", "", StringComparison.Ordinal).Equals("utf8", StringComparison.OrdinalIgnoreCase));
        return (new NodeValue(expand(raw), file.At(1)), raw);
    }

    private ChangelogFile Inside(string file, string path, string name, SourcePosition at)
    {
        var isOutside = file.StartsWith("..", StringComparison.Ordinal) || System.IO.Path.IsPathRooted(name) && !folder.Has(file) && System.IO.File.Exists(name)
            || (root.Length > 0 && !folder.Has(file) && System.IO.Path.Exists(System.IO.Path.Combine(folder.Path, string.Concat(Enumerable.Repeat("../", root.Split('/').Length)), file)));
        if (isOutside)
        {
            throw ChangelogFile.Wrong(
                $"{name} lies outside of {folder.Shown}, and nothing outside of the migrations folder is read",
                "Move it below the folder, or name a folder in lockkeeper.yaml that holds both.", at);
        }

        return new ChangelogFile(file, path, folder.Show(file));
    }
}
