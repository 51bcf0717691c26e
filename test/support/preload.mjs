// Jest runs CommonJS dependencies while the ESM graph is still linking; loading Nest first removes the cycle.
import 'reflect-metadata';
import '@nestjs/common';
import '@nestjs/core';
