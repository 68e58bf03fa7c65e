using Lockkeeper.Tests.TestKit;
using Shouldly;

namespace Lockkeeper.Tests.Engines.Migrate.Expand;

/// <summary>A project whose last migrations are the phases of a change, which are let in one by one.</summary>
internal sealed class ExpandProject : IAsyncDisposable
{
    private readonly List<string> files;
    private readonly string aside;

    private ExpandProject(LkProject project, List<string> files)
    {
        (Project, this.files) = (project, files);
        aside = Path.Combine(project.Folder, "aside");
        Directory.CreateDirectory(aside);
        foreach (var file in files)
            File.Move(Path.Combine(project.Folder, file), Path.Combine(aside, Path.GetFileName(file)));
    }

    public LkProject Project { get; }

    /// <summary>The phases' own names, such as <c>0002_expand_orders_note_to_remark</c>.</summary>
    public IReadOnlyList<string> Phases => [.. files.Select(file => Path.GetFileName(file).Split('.')[0]).Distinct()];

    /// <summary>Applies what a database is made of, and makes the phases of a change.</summary>
    public static async Task<ExpandProject> CreateAsync(string schema, params string[] intent)
    {
        var project = await ProveTests.ProjectAsync("dev");
        project.Configure("dev", "contract: { hold: false }");
        project.Migration("0001_base", schema);
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        var made = await project.RunAsync(["migrate", "expand", .. intent]);
        made.ExitCode.ShouldBe(0, made.ToString());
        var wrote = made.Output.Split('\n').Where(line => line.StartsWith("wrote ", StringComparison.Ordinal)).Select(line => line["wrote ".Length..].Trim()).ToList();
        return new ExpandProject(project, wrote);
    }

    /// <summary>Lets the files of a phase in.</summary>
    public void Show(string phase)
    {
        foreach (var file in files.Where(file => Path.GetFileName(file).StartsWith(phase + ".", StringComparison.Ordinal)))
            File.Move(Path.Combine(aside, Path.GetFileName(file)), Path.Combine(Project.Folder, file));
    }

    /// <summary>Applies the next phase.</summary>
    public async Task ApplyAsync(string phase)
    {
        Show(phase);
        await AgainAsync();
    }

    /// <summary>Applies what was taken back.</summary>
    public async Task AgainAsync()
    {
        var apply = await Project.RunAsync("migrate", "apply", "--env", "dev", "--yes");
        apply.ExitCode.ShouldBe(0, apply.ToString());
    }

    public ValueTask DisposeAsync() => Project.DisposeAsync();
}
