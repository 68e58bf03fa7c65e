using System.Runtime.InteropServices;

namespace Lockkeeper.Kernel.Screens;

/// <summary>What a key is called.</summary>
public enum KeyName
{
    /// <summary>It stands for a character: <see cref="KeyPress.Text"/>.</summary>
    Text,

    /// <summary>Return.</summary>
    Enter,

    /// <summary>Escape.</summary>
    Escape,

    /// <summary>Backspace.</summary>
    Backspace,

    /// <summary>Tab.</summary>
    Tab,

    /// <summary>An arrow.</summary>
    Up,

    /// <summary>An arrow.</summary>
    Down,

    /// <summary>A page up.</summary>
    PageUp,

    /// <summary>A page down.</summary>
    PageDown,

    /// <summary>To the beginning.</summary>
    Home,

    /// <summary>To the end.</summary>
    End,
}

/// <summary>A key that was pressed.</summary>
/// <param name="Name">Which.</param>
/// <param name="Text">The character of <see cref="KeyName.Text"/>; else empty.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct KeyPress(KeyName Name, string Text = "");
