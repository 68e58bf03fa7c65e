using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Formats.Liquibase.Changes;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats.Liquibase;

/// <summary>Reads the changeSet elements of a changelog.</summary>
/// <param name="path">The path that identifies it.</param>
/// <param name="quoting">How its names are quoted; empty for Liquibase's usual way.</param>
/// <param name="files">The files that it names.</param>
/// <param name="expand">Replaces its properties.</param>
/// <param name="choice">What is meant for this database.</param>
/// <param name="before">The changesets so far, for a rollback that names one.</param>
internal sealed class ChangesetReader(
    string path, string quoting, ChangelogFiles files, Func<string, string> expand, ChangelogChoice choice, IReadOnlyList<Changeset> before)
{
    private static readonly string[] NotChanges = ["comment", "preConditions", "rollback", "validCheckSum", "changes"];

    public Changeset Read(ChangeNode node)
    {
        var fields = new ChangeFields(node, expand);
        fields.Pass("created", "runWithSpoolFile");
        var logical = fields.Text("logicalFilePath");
        var changeset = new Changeset
        {
            Id = fields.Required("id"),
            Author = fields.Required("author"),
            Path = logical.Length > 0 ? ChangelogPaths.Normalize(logical) : path,
            At = node.At,
            Comment = Comment(fields),
            RunOnChange = fields.Flag("runOnChange"),
            RunAlways = fields.Flag("runAlways"),
            RunInTransaction = fields.Flag("runInTransaction", true),
            FailOnError = fields.Flag("failOnError", true),
            Ignore = fields.Flag("ignore"),
            Contexts = [fields.Text("contextFilter") is { Length: > 0 } filter ? filter : fields.Text("context")],
            Labels = [fields.Text("labels")],
            Dbms = fields.Text("dbms"),
            ValidChecksums = ValidChecksums(fields, node),
        };
        fields.Refuse("runWith", "Take it out: the statements are sent as they are.", value => value == "jdbc");
        fields.Refuse("runOrder", "Put the changeset where it is to run.");
        fields.Refuse("onValidationFail", "Take it out: a changeset that is not valid is an error here.", value => value.Equals("HALT", StringComparison.OrdinalIgnoreCase));
        var names = new SqlNames(fields.Text("objectQuotingStrategy") is { Length: > 0 } own ? own : quoting);
        var isMeant = choice.WhyNot(changeset) is null;
        var elements = node.Children.Where(child => !NotChanges.Contains(child.Name)).Concat(node.Children.Where(child => child.Name == "changes").SelectMany(list => list.Children)).ToList();
        var changes = elements.Select(element => Change(element, names, isMeant)).ToList();
        fields.Pass([.. NotChanges, .. elements.Select(element => element.Name)]);
        changeset = changeset with
        {
            Changes = changes,
            Rollback = Rollback(fields, node, changeset, names, isMeant),
            Preconditions = node.Children.FirstOrDefault(child => child.Name == "preConditions") is { } preconditions && isMeant ? PreconditionReader.Read(preconditions, path, expand) : null,
        };
        fields.Close();
        return changeset;
    }

    private static string Comment(ChangeFields fields) => (fields["comment"] ?? "").Trim();

    private IReadOnlyList<string> ValidChecksums(ChangeFields fields, ChangeNode node)
    {
        fields.Pass("validCheckSum");
        var texts = node.Attributes.Where(attribute => attribute.Name == "validCheckSum").Select(attribute => attribute.Value.Text)
            .Concat(node.Children.Where(child => child.Name == "validCheckSum").SelectMany(Texts));
        return [.. texts.Select(text => expand(text).Trim()).Where(text => text.Length > 0)];
    }

    private static IEnumerable<string> Texts(ChangeNode node) => (node.Text is { } text ? [text.Text] : Array.Empty<string>()).Concat(node.Children.Where(child => child.Name != "comment").SelectMany(Texts));

    /// <summary>One that is not for this database is never run, so it may be of a type that is not covered.</summary>
    private Change Change(ChangeNode node, SqlNames names, bool isMeant)
    {
        var fields = new ChangeFields(node, expand);
        try
        {
            return ChangeTypes.Read(new ChangeContext(fields, names, files));
        }
        catch (LockkeeperException e) when (!isMeant && e.Code == MigrateErrors.NotSupported)
        {
            return new Change(node.Name, node.At, [], null, fields.Content());
        }
    }

    private IReadOnlyList<Change>? Rollback(ChangeFields fields, ChangeNode node, Changeset changeset, SqlNames names, bool isMeant)
    {
        var written = node.Children.Where(child => child.Name == "rollback").ToList();
        if (node.Attributes.FirstOrDefault(attribute => attribute.Name == "rollback") is { Name: not null } inline)
            written.Add(new ChangeNode("rollback", inline.Value.At) { Text = inline.Value });
        fields.Pass("rollback");
        return written.Count == 0 ? null : [.. written.SelectMany(rollback => RollbackOf(rollback, changeset, names, isMeant))];
    }

    private IEnumerable<Change> RollbackOf(ChangeNode rollback, Changeset changeset, SqlNames names, bool isMeant)
    {
        var fields = new ChangeFields(rollback, expand);
        fields.Pass([.. rollback.Children.Select(child => child.Name)]);
        if (fields["changeSetId"] is { Length: > 0 } id)
        {
            var (author, where) = (fields.Required("changeSetAuthor"), fields.Text("changeSetPath") is { Length: > 0 } named ? ChangelogPaths.Normalize(named) : changeset.Path);
            fields.Close();
            return before.FirstOrDefault(other => other.Id == id && other.Author == author && other.Path == where)?.Changes
                ?? throw ChangelogFile.Wrong($"the rollback names the changeset {where}::{id}::{author}, which does not stand before it", "Name one that does.", rollback.At);
        }

        var text = fields.Body("sql");
        fields.Close();
        var changes = rollback.Children.Where(child => child.Name != "comment").SelectMany(child => child.Name == "changes" ? child.Children : [child]).Select(child => Change(child, names, isMeant)).ToList();
        if (text is not null)
            changes.Insert(0, new RawSql(StripComments: false).Change("sql", text.Text, text.At));
        return changes;
    }
}
